/** The console's words in English for photos taken as evidence. */
import type { EvidenceMessages } from './zh-evidence.ts'

export const enEvidence: EvidenceMessages = {
  evidence: {
    heading: 'Photos',
    photo: 'Photo {n}',
    camera: 'Take a photo',
    choose: 'Choose photos',
    lead: 'Up to {n}. The picture alone is kept: not where, when and by which device it was taken.',
    street:
      'If you like, up to {n}. Please no faces or number plates. Where, when and by which device a photo was taken is not kept, and photos are deleted when the report is closed.',
    over: 'Up to {n}; the rest were not added',
    sending: 'Photo {n} is being sent',
    waiting: 'Photos are still being sent; wait a moment',
    lost: 'The connection is lost; sending goes on when it is back',
    remove: 'Leave out photo {n}',
    gone: '{n} photos were deleted when it was closed',
    from: 'change request #{n} · {size}',
    count: '{n} photos',
    named: 'Name of a photo: {name}',
  },
}

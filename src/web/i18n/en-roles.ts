/** The console's words in English for who decides in a district: a second person, a supervisor's acceptance first. */
import type { RolesMessages } from './zh-roles.ts'

export const enRoles: RolesMessages = {
  roles: {
    heading: 'Who approves',
    lead: 'Who lets deliveries, changes of components and handovers count. A stricter rule holds at once for all that does not count yet; after a looser one, what came before still waits for a second person.',
    none: 'What is loaded counts',
    noneText:
      'Deliveries are published when they are loaded, and requests may be approved by who made them. For demonstrations and offices of one.',
    'second-person': 'A second person approves',
    'second-personText':
      'Nobody approves what they announced, sent or loaded; it counts when somebody else who may approve says so.',
    save: 'Save who approves',
    saved: 'Saved who approves',
    unaccepted: 'This district wants a supervisor to accept it first; then it can be approved and published.',
    toAcceptance: 'See the acceptance',
  },
}

/** What somebody may deliver, and in answer to which package: what a new delivery offers. Pure. */
import { mayDeliver } from '../../domain/orgs/rules.ts'
import type { Package } from '../api/firms.ts'
import type { Kind } from '../api/kinds.ts'
import { kinds } from './fields.ts'

type Asked = Pick<Package, 'id' | 'kinds'>
type May = (right: string) => boolean
const asks = ({ kinds }: Pick<Package, 'kinds'>, kind: Kind): boolean => kinds.some(each => each === kind)

/** Kinds that may be delivered, alone or in answer to one of the packages. */
export const offeredKinds = (may: May, packages: readonly Asked[]): Kind[] =>
  kinds.filter(kind =>
    mayDeliver(
      { has: may },
      kind,
      packages.flatMap(each => each.kinds),
    ),
  )

/** Packages that a delivery of the kind may answer, and whether it may answer none. */
export const offeredPackages = <P extends Asked>(
  may: May,
  kind: Kind,
  packages: readonly P[],
): { packages: P[]; none: boolean } => ({
  packages: packages.filter(each => asks(each, kind)),
  none: mayDeliver({ has: may }, kind, []),
})

/** The name a delivery takes from its files, unless somebody writes another: that of the first, without its ending. */
export function nameOf(files: readonly { name: string }[]): string {
  const [first] = files
  return first ? first.name.replace(/(?<=.)\.[^.]{1,12}$/, '').slice(0, 120) : ''
}

/** Which column of a delivery says the class, where none is named as such: one in which classes of the dictionary stand. Pure. */
import type { ClassIndex } from '../catalog/rules.ts'
import { resolveLayer } from './profile.ts'
import type { SourceLayer } from './readers/source.ts'
import type { Profile } from './schema.ts'
import { textOf } from './values.ts'

type Layer = Pick<SourceLayer, 'file' | 'name' | 'fields' | 'position' | 'sample'>

/** The guess with the column of class names, found by what stands in the sample rows of every layer without a class. */
export function withClassColumn(
  guess: Profile,
  layers: readonly Layer[],
  classes: Pick<ClassIndex, 'match'>,
): Profile {
  if (guess.kind !== 'components' || guess.fields.className || guess.fields.classCode) return guess
  const open = layers
    .map(layer => ({ layer, resolved: resolveLayer(guess, layer, layers.length) }))
    .filter(({ resolved }) => resolved.class === null && !resolved.skip)
  const [first] = open
  const named = (name: string | null) => name !== null && classes.match({ name }).class !== null
  const column = first?.resolved.rest
    .map(i => first.layer.fields[i]!.name)
    .find(name => {
      const texts = open.flatMap(({ layer, resolved }) => {
        const at = resolved.rest.find(i => layer.fields[i]!.name === name)
        return at === undefined ? [null] : layer.sample.map(row => textOf(row.values[at]))
      })
      return texts.length > 0 && texts.every(named)
    })
  return column === undefined ? guess : { ...guess, fields: { ...guess.fields, className: column } }
}

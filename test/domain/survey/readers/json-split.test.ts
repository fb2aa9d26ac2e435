import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitFeatures } from '../../../../src/domain/survey/readers/json-split.ts'

describe('cutting a collection into features', () => {
  const value = fc.jsonValue({ maxDepth: 3 })
  test('whatever the features hold and wherever the chunks end, what comes out is what went in', async () => {
    const members = fc.dictionary(fc.constantFrom('type', 'name', 'crs', 'bbox', 'x"features":['), value)
    await fc.assert(
      fc.asyncProperty(
        members,
        fc.array(value, { maxLength: 6 }),
        members,
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(undefined, 1, '\t'),
        async (before, features, after, size, indent) => {
          const text = JSON.stringify({ ...before, features, ...after }, null, indent)
          async function* chunks() {
            for (let from = 0; from < text.length; from += size) yield text.slice(from, from + size)
          }
          const pieces: unknown[] = []
          const split = splitFeatures(chunks(), 'a')
          let step = await split.next()
          for (; !step.done; step = await split.next()) {
            expect(text.split('\n')[step.value.line - 1]!.slice(step.value.column - 1)).toBe(
              `${step.value.text}\n`.split('\n')[0] +
                text
                  .split('\n')
                  [step.value.line - 1]!.slice(
                    step.value.column - 1 + step.value.text.split('\n')[0]!.length,
                  ),
            )
            pieces.push(JSON.parse(step.value.text))
          }
          expect(pieces).toEqual(JSON.parse(JSON.stringify(features)))
          expect(JSON.parse(step.value)).toEqual(
            JSON.parse(JSON.stringify({ ...before, features: [], ...after })),
          )
        },
      ),
    )
  })
})

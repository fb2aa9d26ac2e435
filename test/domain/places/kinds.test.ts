import { expect, test } from 'vitest'
import {
  placeClasses,
  placeClassName,
  placeClassOf,
  placeKindOf,
  placeKinds,
} from '../../../src/domain/places/kinds.ts'

test('a kind is known by its key and its words', () => {
  for (const [kind, [zh, en]] of Object.entries(placeKinds)) {
    expect([kind, zh, en, en.toUpperCase(), ` ${zh} `].map(placeKindOf)).toEqual(Array(5).fill(kind))
  }
  expect(placeKindOf('街巷')).toBe('street')
  expect(placeKindOf('井盖')).toBeNull()
  expect(placeKindOf('')).toBeNull()
})

test('a class is known by its words within its kind, and kept as it stands otherwise', () => {
  expect(placeClassOf('street', '主干路')).toBe('arterial')
  expect(placeClassOf('water', '主干路')).toBe('主干路')
  expect(placeClassOf('poi', ' 茶馆 ')).toBe('茶馆')
  expect(placeClassOf('poi', ' ')).toBeNull()
  expect(placeClassOf('poi', null)).toBeNull()
})

test('a class has its word in each language, a source’s own word is itself', () => {
  expect(placeClassName('street', 'lane', 'zh')).toBe('街巷')
  expect(placeClassName('street', 'lane', 'en')).toBe('lane')
  expect(placeClassName('poi', '茶馆', 'en')).toBe('茶馆')
})

test('no two classes of a kind share a word', () => {
  for (const classes of Object.values(placeClasses)) {
    const words = Object.entries(classes).flatMap(([key, [zh, en]]) => [...new Set<string>([key, zh, en])])
    expect(new Set(words).size).toBe(words.length)
  }
})

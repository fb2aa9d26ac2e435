import { describe, expect, it } from 'vitest'
import { basesOf, isPhoto, picturesOf, stemOf } from '../../../../src/domain/survey/photos/photo-name.ts'

describe('the name of a photo', () => {
  it.each([
    ['三街道/苑北/3205060101000001.JPG', '3205060101000001', '3205060101000001', '3205060101000001'],
    ['3205060101000001_1.jpg', '3205060101000001_1', '3205060101000001', '3205060101000001'],
    ['3205060101000001-02.jpeg', '3205060101000001-02', '3205060101000001', '3205060101000001'],
    ['3205060101000001 (3).png', '3205060101000001 (3)', '3205060101000001', '3205060101000001'],
    ['3205060101000001（3）.heic', '3205060101000001(3)', '3205060101000001', '3205060101000001'],
    ['3205060101000001近景.jpg', '3205060101000001近景', '3205060101000001', '3205060101000001'],
    ['3205060101000001_远景_2.jpg', '3205060101000001_远景_2', '3205060101000001_远景', '3205060101000001'],
    ['照片\\A-12 全景.Jpg', 'a-12 全景', 'a-12', 'a'],
    ['A-4_2.jpg', 'a-4_2', 'a-4', 'a'],
    ['远景.jpg', '远景', '远景', '远景'],
    ['_1.jpg', '_1', '_1', '_1'],
  ])('%s is compared as %s, as %s, and as %s', (name, stem, base, root) => {
    expect(isPhoto(name)).toBe(true)
    expect(stemOf(name)).toBe(stem)
    expect(basesOf(stem)).toEqual([base, root])
  })

  it('is that of a picture by its ending alone', () => {
    expect(['a.jpg', 'a.txt', '.jpg', 'jpg', 'a.jpg.zip'].map(isPhoto)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ])
  })
})

describe('the picture column of a row', () => {
  it.each([
    [null, []],
    ['', []],
    ['无', []],
    ['IMG_001.jpg', ['img_001']],
    ['照片\\IMG_001.JPG；IMG_002.JPG', ['img_001', 'img_002']],
    ['IMG_001.jpg, img_001', ['img_001']],
    ['3205060101000001', ['3205060101000001']],
  ])('%j names %j', (text, names) => expect(picturesOf(text)).toEqual(names))
})

/**
 * How photos are named after things: by the component's code or the survey's number, with an ending for each of
 * several pictures, in whatever case; and how a row names its pictures. Pure.
 *
 *   3205060101000001.JPG   3205060101000001_1.jpg   3205060101000001-2.jpg   ...(3).jpg   ...近景.jpg   ... 远.jpg
 */

export const isPhoto = (name: string): boolean => /[^/]\.(jpe?g|png|heic|heif)$/i.test(name)

/** What is compared: without folder and ending, in one case and one width. */
export function stemOf(name: string): string {
  const last = name.replaceAll('\\', '/').split('/').at(-1)!
  return last
    .replace(/\.(jpe?g|png|heic|heif|bmp|gif|tiff?)$/i, '')
    .normalize('NFKC')
    .trim()
    .toLowerCase()
}

const VIEW = /[\s_-]*(近景|远景|全景|中景|特写|细部|近照|远照|近|远|正面|侧面|背面|照片)$/
const NUMBER = /(?:[\s_-]+\d{1,3}|\s*\(\d{1,3}\))$/

/**
 * The stem without its last ending, and without the one before: what tells several pictures of one thing apart, unless
 * it is part of the thing's own number, so that the longer is asked for first. Itself where nothing can go.
 */
export function basesOf(stem: string): [base: string, root: string] {
  const base = shorter(stem)
  return [base, shorter(base)]
}

const shorter = (stem: string): string => {
  const short = (VIEW.test(stem) ? stem.replace(VIEW, '') : stem.replace(NUMBER, '')).trimEnd()
  return short === '' ? stem : short
}

/** The stems a row's picture column names: one, or several between commas, semicolons, bars or line ends. */
export function picturesOf(text: string | null): string[] {
  if (text === null) return []
  const names = text.split(/[,;|、，；\n\r]+/).map(stemOf)
  return [...new Set(names.filter(name => name !== '' && !/^(无|没有|none|null|-+|\/+)$/.test(name)))]
}

/** What a picture holds, by the name a row gives it. */
export interface PhotoHashes {
  get(picture: string): string | undefined
}

/** Of several pictures the first. @param hashes by stem */
export const hashesByPicture = (hashes: ReadonlyMap<string, string>): PhotoHashes => ({
  get: picture => hashes.get(picturesOf(picture)[0] ?? ''),
})

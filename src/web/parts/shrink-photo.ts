/**
 * A photo as it is sent: upright, no longer than needed to see what it shows, as JPEG; a phone's twelve megapixels take
 * minutes in a cellar. What this browser cannot draw goes as it is, and the server says what it thinks of it.
 */
const QUALITY = 0.86
/** Of a preview; a list of large pictures makes an old phone stop. */
const PREVIEW = 240

export interface Shrunk {
  photo: Blob
  /** A small picture as a data address; null where this browser cannot draw it. */
  preview: string | null
}

export async function shrinkPhoto(file: Blob, longest: number): Promise<Shrunk> {
  let drawn: ImageBitmap
  try {
    drawn = await createImageBitmap(file)
  } catch {
    return { photo: file, preview: null }
  }
  try {
    const whole = draw(drawn, longest)
    const photo = await new Promise<Blob | null>(done => whole.toBlob(done, 'image/jpeg', QUALITY))
    return { photo: photo ?? file, preview: draw(drawn, PREVIEW).toDataURL('image/jpeg', QUALITY) }
  } finally {
    drawn.close()
  }
}

function draw(picture: ImageBitmap, longest: number): HTMLCanvasElement {
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(picture.width * scale))
  canvas.height = Math.max(1, Math.round(picture.height * scale))
  const pen = canvas.getContext('2d')!
  // JPEG knows no transparency
  pen.fillStyle = '#fff'
  pen.fillRect(0, 0, canvas.width, canvas.height)
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height)
  return canvas
}

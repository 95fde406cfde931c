import { onScopeDispose, ref, shallowRef } from 'vue'
import { AppError } from '../../../contract/errors.ts'

/** Pictures are no larger than this on their longer side: networks see less, and more would only take longer. */
const wantedWidth = 1280
const jpegQuality = 0.92

/** A camera of this computer. It is off until `start`, and goes off with the component. */
export function useCamera() {
  const stream = shallowRef<MediaStream | null>(null)
  const error = shallowRef<unknown>(null)
  /** There is more than one to choose from once it has been allowed. */
  const devices = shallowRef<readonly { id: string; label: string }[]>([])
  const deviceId = ref('')
  let attempt = 0

  /** @param id of a device; absent: the one that was used before, else the computer's first */
  async function start(id = deviceId.value): Promise<void> {
    stop()
    const own = ++attempt
    error.value = null
    try {
      // Over HTTP from another computer a page has none.
      const media = navigator.mediaDevices as MediaDevices | undefined
      if (media === undefined) throw missing('this page was not opened on this computer')
      const video = { width: { ideal: wantedWidth }, ...(id === '' ? {} : { deviceId: { exact: id } }) }
      const opened = await media.getUserMedia({ video, audio: false })
      if (own !== attempt) return end(opened)
      stream.value = opened
      deviceId.value = opened.getVideoTracks()[0]?.getSettings().deviceId ?? id
      const all = await media.enumerateDevices()
      devices.value = all
        .filter(({ kind }) => kind === 'videoinput')
        .map(({ deviceId: found, label }, index) => ({ id: found, label: label || `${index + 1}` }))
    } catch (thrown) {
      if (own === attempt) error.value = asAppError(thrown)
    }
  }

  function stop(): void {
    attempt += 1
    if (stream.value) end(stream.value)
    stream.value = null
  }

  onScopeDispose(stop)
  return { stream, error, devices, deviceId, start, stop }
}

function end(opened: MediaStream): void {
  for (const track of opened.getTracks()) track.stop()
}

/** What a video shows now, as a JPEG. @returns null before its first picture */
export async function takePicture(video: HTMLVideoElement): Promise<Blob | null> {
  const { videoWidth: width, videoHeight: height } = video
  if (width === 0 || height === 0) return null
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  canvas.getContext('2d')?.drawImage(video, 0, 0)
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', jpegQuality))
}

function asAppError(thrown: unknown): unknown {
  if (!(thrown instanceof DOMException)) return thrown
  if (thrown.name === 'NotAllowedError') {
    return new AppError(
      'permission-denied',
      'The camera should be allowed for this page; it is not. Allow it in the settings of the browser or of the system.',
      { reason: thrown.message },
    )
  }
  return missing(thrown.message)
}

function missing(reason: string): AppError {
  return new AppError(
    'source-not-found',
    `A camera that is free is expected, but ${reason}. Connect one, or end the program that uses it.`,
    { reason },
  )
}

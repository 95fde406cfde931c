import { onScopeDispose, ref, shallowRef } from 'vue'

/** Why there is nothing to see. insecure: the browser gives no page of this address a camera. */
export type CameraProblem = 'refused' | 'none' | 'busy' | 'insecure' | 'lost'

const idealWidthPx = 1920
const jpegQuality = 0.92

/** A camera, while a person takes pictures: it is asked for by `start`, and dark again after `stop`. */
export function useCamera() {
  const stream = shallowRef<MediaStream | null>(null)
  const problem = ref<CameraProblem | null>(null)
  /** Named only once the camera may be used. */
  const cameras = shallowRef<readonly MediaDeviceInfo[]>([])
  const cameraId = ref('')
  let latest = 0

  async function start(id = cameraId.value): Promise<void> {
    stop()
    const mine = ++latest
    problem.value = null
    // Typed as if it were always there.
    const devices = navigator.mediaDevices as MediaDevices | undefined
    if (!devices) {
      problem.value = 'insecure'
      return
    }
    try {
      const wanted = { width: { ideal: idealWidthPx }, ...(id === '' ? {} : { deviceId: { exact: id } }) }
      const found = await devices.getUserMedia({ video: wanted, audio: false })
      if (mine !== latest) return stopTracks(found)
      const [track] = found.getVideoTracks()
      track?.addEventListener('ended', () => {
        if (stream.value !== found) return
        stop()
        problem.value = 'lost'
      })
      stream.value = found
      cameraId.value = track?.getSettings().deviceId ?? ''
      cameras.value = (await devices.enumerateDevices()).filter(({ kind }) => kind === 'videoinput')
    } catch (error) {
      if (mine === latest) problem.value = problemOf(error)
    }
  }

  function stop(): void {
    latest += 1
    if (stream.value) stopTracks(stream.value)
    stream.value = null
  }

  onScopeDispose(stop)
  return { stream, problem, cameras, cameraId, start, stop }
}

function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}

/** @see https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia */
export function problemOf(error: unknown): CameraProblem {
  const name = error instanceof Error ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused'
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'none'
  return 'busy'
}

/** What a video shows, as a JPEG in its full size; null before its first frame. */
export async function takePicture(video: HTMLVideoElement): Promise<Blob | null> {
  const { videoWidth: width, videoHeight: height } = video
  if (width === 0 || height === 0) return null
  const canvas = new OffscreenCanvas(width, height)
  canvas.getContext('2d')?.drawImage(video, 0, 0)
  return canvas.convertToBlob({ type: 'image/jpeg', quality: jpegQuality })
}

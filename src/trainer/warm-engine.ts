import * as tf from '@tensorflow/tfjs-core'
import { chooseEngine } from './engines/index.ts'

/** Loads the engine that a job on 'auto' will take, and has it compute something, so that the job begins at once. Never rejects. */
export async function warmEngine(): Promise<void> {
  try {
    await chooseEngine('auto')
    const [one, other] = [tf.ones([8, 8]), tf.ones([8, 8])]
    const product = tf.matMul(one, other)
    await product.data()
    tf.dispose([one, other, product])
  } catch {
    // The job that comes will meet the same, and tell it.
  }
}

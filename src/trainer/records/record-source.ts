import { AppError } from '../../contract/errors.ts'
import type { SkippedFile } from '../../contract/entities.ts'
import type { FrozenPart } from '../frozen-part.ts'
import type { JobContext } from '../job-context.ts'
import { breathe, reportProgress } from '../job-context.ts'
import { openRecordCaches, type RecordCacheOptions, type RecordCaches } from './record-caches.ts'
import { planRecords, type RecordPlan, type WantedRecord } from './record-plan.ts'
import { computeRecords } from './compute-records.ts'
import type { SourceImage } from './record-maker.ts'
import type { TrainingAugmentation } from '../training-augmentation.ts'

/** The records of a list of images, wherever they are kept. */
export interface RecordSource {
  /** resident: all in memory; streamed: some from the disk, or computed again, batch by batch. */
  readonly kind: 'resident' | 'streamed'
  /** Images that cannot be read; a streamed source may find more later. */
  readonly skipped: ReadonlyMap<number, SkippedFile>
  /** How many records were in the cache when the source was opened. */
  readonly cached: number
  /**
   * The records at `positions` as input of the rest of the network.
   *
   * @param options `epoch` (1, 2, …): training images as augmented for that epoch. Absent: every image as it is.
   * @returns float32 `[rows.length, ...shape]`, valid until the next call, or, of a streamed source, the next but one, as it may be read ahead;
   *   `rows` are `positions` less the images that cannot be read
   */
  readonly read: (
    positions: readonly number[],
    options?: { readonly epoch?: number },
  ) => Promise<{ rows: readonly number[]; input: Float32Array }>
  /** Lets go of files and memory. */
  readonly close: () => void
}

/**
 * Opens the records of `images`: from the cache, and computed where they are not there. As many as the budget has room for stay in memory;
 * the others are read from the disk batch by batch where they fit that, and computed again in every epoch where they do not.
 *
 * Augmented training images: below a boundary the variants of the plan are records like others; where a variant is new in each epoch, it
 * is computed when it is read. Where nothing is frozen the decoded image is kept, and each epoch augments it anew, as that costs little.
 *
 * @param options null: everything is kept in memory, and nothing on the disk
 * @throws AppError 'cancelled'
 */
export async function openRecordSource(
  images: readonly SourceImage[],
  part: FrozenPart,
  options: RecordCacheOptions | null,
  context: JobContext,
  augmentation: TrainingAugmentation | null = null,
): Promise<RecordSource> {
  const { recordBytes, length } = part
  const maker = { part, augmenter: augmentation?.augmenter ?? null }
  const plan = planRecords(images, part, augmentation)
  const caches = openRecordCaches(images, part, augmentation, options, context)
  const skipped = new Map<number, SkippedFile>()
  const inMemory =
    options === null
      ? plan.kept.length
      : Math.min(plan.kept.length, Math.floor(options.memoryBudgetBytes / recordBytes))
  const memory = allocate(inMemory, recordBytes)
  const loaded = new Uint8Array(inMemory)
  const slotBytes = (slot: number): Uint8Array =>
    memory.subarray(slot * recordBytes, (slot + 1) * recordBytes)

  /** Reads records that have no place in memory, one behind another. */
  const fetch = async (wanted: readonly WantedRecord[], out: Uint8Array): Promise<void> => {
    const recordAt = (index: number): Uint8Array =>
      out.subarray(index * recordBytes, (index + 1) * recordBytes)
    const missing = wanted.flatMap((record, index) =>
      record.isKept && caches.read(record, recordAt(index)) ? [] : [{ ...record, index }],
    )
    await computeRecords(
      missing.map((record) => sourceOf(images, record)),
      maker,
      context,
      {
        onRecord: (place, record) => recordAt(missing[place]?.index ?? 0).set(record),
        onSkipped: (place, file) => skip(missing[place]?.position ?? 0, file, skipped, context),
      },
    )
  }

  try {
    const cached = await load(plan, inMemory, caches, slotBytes, loaded, context)
    const missing = plan.kept.filter((record, slot) =>
      slot < inMemory ? loaded[slot] === 0 : !caches.has(record),
    )
    // Without a place on the disk, what does not fit the memory would be computed for nothing.
    const computed = caches.fits(missing)
      ? missing
      : missing.filter((record) => (plan.slotOf(record.position, record.variant) ?? inMemory) < inMemory)
    const progress = reportProgress(context, 'features', computed.length)
    await computeRecords(
      computed.map((record) => sourceOf(images, record)),
      maker,
      context,
      {
        onRecord(place, record) {
          const wanted = computed[place] as WantedRecord
          const slot = plan.slotOf(wanted.position, wanted.variant) ?? inMemory
          if (slot < inMemory) {
            slotBytes(slot).set(record)
            loaded[slot] = 1
          }
          caches.append(wanted, record)
          progress.advance()
        },
        onSkipped(place, file) {
          skip(computed[place]?.position ?? 0, file, skipped, context)
          progress.advance()
        },
      },
    )
    progress.finish()
    caches.flush()

    const isResident = inMemory === plan.kept.length && plan.isComplete
    // Memory of a batch is used again: what is only garbage until it is collected would not keep to a budget.
    const inputs = Array.from({ length: isResident ? 1 : 2 }, () => new Float32Array(0))
    const spare: Uint8Array[] = []
    let turn = 0
    return {
      kind: isResident ? 'resident' : 'streamed',
      skipped,
      cached,
      async read(positions, { epoch } = {}) {
        const wanted = positions
          .filter((position) => !skipped.has(position))
          .map((position) => plan.wanted(position, epoch))
        const isAbsent = ({ position, variant }: WantedRecord): boolean =>
          loaded[plan.slotOf(position, variant) ?? inMemory] !== 1
        const absent = wanted.filter(isAbsent)
        let fetched = spare.pop() ?? new Uint8Array(0)
        if (fetched.length < absent.length * recordBytes)
          fetched = new Uint8Array(absent.length * recordBytes)
        if (absent.length > 0) await fetch(absent, fetched)
        const fetchedAt = new Map(absent.map(({ position }, index) => [position, index * recordBytes]))
        const present = wanted.filter(({ position }) => !skipped.has(position))
        turn = (turn + 1) % inputs.length
        let target = inputs[turn] as Float32Array
        if (target.length < present.length * length) {
          target = inputs[turn] = new Float32Array(present.length * length)
        }
        present.forEach((record, row) => {
          const at = fetchedAt.get(record.position)
          const bytes =
            at === undefined
              ? slotBytes(plan.slotOf(record.position, record.variant) ?? 0)
              : fetched.subarray(at, at + recordBytes)
          const pixelVariant = plan.pixelVariantOf(record.position, epoch)
          const augmented =
            pixelVariant === null
              ? bytes
              : augmentPixels(bytes, images, part, augmentation, record.position, pixelVariant)
          part.expand(augmented, target, row * length)
        })
        spare.push(fetched)
        return {
          rows: present.map(({ position }) => position),
          input: target.subarray(0, present.length * length),
        }
      },
      close: caches.close,
    }
  } catch (error) {
    caches.close()
    throw error
  }
}

/** @returns how many kept records the cache had */
async function load(
  plan: RecordPlan,
  inMemory: number,
  caches: RecordCaches,
  slotBytes: (slot: number) => Uint8Array,
  loaded: Uint8Array,
  context: JobContext,
): Promise<number> {
  const found = await caches.readMany(plan.kept.slice(0, inMemory), slotBytes, () => breathe(context))
  found.forEach((isThere, slot) => (loaded[slot] = Number(isThere)))
  const onDisk = plan.kept.slice(inMemory).filter((record) => caches.has(record))
  return found.filter(Boolean).length + onDisk.length
}

function sourceOf(images: readonly SourceImage[], { position, variant }: WantedRecord): SourceImage {
  const { path, sha256 } = images[position] as SourceImage
  return { path, sha256, variant }
}

function augmentPixels(
  pixels: Uint8Array,
  images: readonly SourceImage[],
  { decode: { height, width } }: FrozenPart,
  augmentation: TrainingAugmentation | null,
  position: number,
  variant: number,
): Uint8Array {
  const { sha256 } = images[position] as SourceImage
  return augmentation?.augmenter.augment({ pixels, height, width }, { sha256, variant }) ?? pixels
}

function skip(
  position: number,
  file: SkippedFile,
  skipped: Map<number, SkippedFile>,
  context: JobContext,
): void {
  // Each variant of an image meets the same file.
  if (skipped.has(position)) return
  skipped.set(position, file)
  context.emit({
    type: 'notice',
    code: 'image-skipped',
    message: `${file.path} is left out (${file.reason}): ${file.detail}`,
  })
}

function allocate(records: number, recordBytes: number): Uint8Array {
  try {
    return new Uint8Array(records * recordBytes)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new AppError(
      'internal',
      `There is not enough memory for the features of ${records} images (${Math.ceil((records * recordBytes) / 1e6)} MB). ` +
        'Lower the memory budget of the cache, so that they are read from the disk.',
      { records, recordBytes },
    )
  }
}

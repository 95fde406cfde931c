import type { Exporter } from './exporter.ts'
import { placeImages } from './place-images.ts'

/**
 * `annotations.json` of COCO beside the images, or with their paths: one annotation without a box for each labelled image, and `split` on each image.
 *
 * @see https://cocodataset.org/#format-data
 */
export const cocoExporter: Exporter = {
  id: 'coco',
  isArchive: false,
  layOut(given, classes, options) {
    const images = placeImages(given, options)
    const categoryIds = new Map(classes.map((name, index) => [name, index + 1]))
    const numbered = images.map(({ name, image }, index) => ({ id: index + 1, name, image }))
    const content = JSON.stringify({
      info: { description: 'Exported by Thaw' },
      images: numbered.map(({ id, name, image }) => ({
        id,
        file_name: name,
        width: image.width,
        height: image.height,
        ...(image.split === null ? {} : { split: image.split }),
      })),
      annotations: numbered
        .filter(({ image }) => image.className !== null)
        .map(({ id, image }, index) => ({
          id: index + 1,
          image_id: id,
          category_id: categoryIds.get(image.className as string),
        })),
      categories: [...categoryIds].map(([name, id]) => ({ id, name })),
    })
    return { images, texts: [{ name: 'annotations.json', content }], renamed: [] }
  },
}

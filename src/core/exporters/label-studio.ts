import { labelStudioFileName } from '../importers/label-studio.ts'
import type { Exporter } from './exporter.ts'
import { placeImages } from './place-images.ts'

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}

/** The labelling of a project that takes these tasks. */
function labelling(classes: readonly string[]): string {
  const choices = classes.map((name) => `    <Choice value="${attribute(name)}"/>\n`).join('')
  return `<View>\n  <Image name="image" value="$image"/>\n  <Choices name="choice" toName="image" choice="single">\n${choices}  </Choices>\n</View>\n`
}

/**
 * `label-studio.json` beside the images: tasks with their choices, whose images are local files below the folder that Label Studio is
 * told of, or with their paths, below the root that it takes where it is told of none; `labelling.xml` is the labelling of its project.
 *
 * @see https://labelstud.io/guide/tasks#Basic-Label-Studio-JSON-format
 */
export const labelStudioExporter: Exporter = {
  id: 'label-studio',
  isArchive: false,
  layOut(given, classes, options) {
    const images = placeImages(given, options)
    const tasks = images.map(({ name, image }, index) => ({
      id: index + 1,
      data: {
        image: `/data/local-files/?d=${encodeURIComponent(name)}`,
        ...(image.split === null ? {} : { split: image.split }),
      },
      annotations:
        image.className === null
          ? []
          : [
              {
                result: [
                  {
                    from_name: 'choice',
                    to_name: 'image',
                    type: 'choices',
                    value: { choices: [image.className] },
                  },
                ],
              },
            ],
    }))
    return {
      images,
      texts: [
        { name: labelStudioFileName, content: JSON.stringify(tasks) },
        { name: 'labelling.xml', content: labelling(classes) },
      ],
      renamed: [],
    }
  },
}

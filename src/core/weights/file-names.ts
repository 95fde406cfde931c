/** The name of a canonical file. */
export function weightsFileName(sha256: string): string {
  return `${sha256}.safetensors`
}

/** The name of the file of the classifier that belongs to a canonical file. */
export function classifierFileName(sha256: string): string {
  return `${sha256}.classifier.safetensors`
}

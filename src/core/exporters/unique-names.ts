/** Gives each name once: a second `a.jpg`, or `A.JPG`, becomes `a-2.jpg`. */
export function createUniqueNames(): (name: string) => string {
  const used = new Set<string>()
  return (name) => {
    const dot = name.lastIndexOf('.') > name.lastIndexOf('/') + 1 ? name.lastIndexOf('.') : name.length
    let unique = name
    for (let count = 2; used.has(unique.toLowerCase()); count += 1) {
      unique = `${name.slice(0, dot)}-${count}${name.slice(dot)}`
    }
    used.add(unique.toLowerCase())
    return unique
  }
}

/**
 * A pattern for layer names: `*` stands for any characters, `?` for one, `{a,b}` for either; a comma outside braces separates
 * alternatives. Everything else stands for itself.
 */
export function globToRegExp(pattern: string): RegExp {
  let source = ''
  let depth = 0
  for (const character of pattern) {
    if (character === '*') source += '.*'
    else if (character === '?') source += '.'
    else if (character === '{') {
      depth += 1
      source += '(?:'
    } else if (character === '}' && depth > 0) {
      depth -= 1
      source += ')'
    } else if (character === ',') source += '|'
    else source += character.replace(/[\\^$.|+()[\]{}]/g, '\\$&')
  }
  return new RegExp(`^(?:${source}${')'.repeat(depth)})$`, 'u')
}

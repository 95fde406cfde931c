import { describe, expect, it } from 'vitest'
import { markup, named, sentence, trusted } from '../../../src/reports/page/markup.ts'

describe('pieces of HTML', () => {
  it('escape text, and keep what is HTML already', () => {
    expect(
      markup`<p title="${'"'}">${'<&>'} ${1} ${null}${[named("it's"), trusted('<hr>')]}</p>`.markup,
    ).toBe('<p title="&quot;">&lt;&amp;&gt; 1 <bdi>it&#39;s</bdi><hr></p>')
  })

  it('put values into sentences, whose braces are no values of their own', () => {
    expect(sentence('{a} < {b}', { a: '{b}', b: markup`<b>2</b>` }).markup).toBe('{b} &lt; <b>2</b>')
  })

  it('choose the form that the number asks for', () => {
    const images = '{count} image | {count} images'
    expect(sentence(images, { count: 1 }, 1).markup).toBe('1 image')
    expect(sentence(images, { count: 0 }, 0).markup).toBe('0 images')
    expect(sentence('only one form', {}, 1).markup).toBe('only one form')
  })
})

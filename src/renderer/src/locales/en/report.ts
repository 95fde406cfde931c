export const report = {
  button: 'Report',
  title: 'Report of {name}',
  comparison: 'Report of {count} runs',
  about:
    'One file with all that a colleague needs to know of it and to repeat it. It needs no network and no other file.',
  language: 'Language',
  languages: { en: 'English', 'zh-CN': '简体中文' },
  format: 'Format',
  formats: { html: 'HTML', pdf: 'PDF' },
  hints: {
    html: 'Opens in any browser.',
    pdf: 'For paper and for attachments.',
    print: 'The browser’s print dialog opens: choose ‘Save as PDF’ there.',
  },
  pictures: 'With pictures',
  picturesHint: 'Without, images that were mistaken are told by their hashes, where pictures are private.',
  save: 'Save report',
  print: 'Print report…',
  saved: 'The report was saved as {name}',
}

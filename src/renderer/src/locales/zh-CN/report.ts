import type { en } from '../en.ts'

export const report: (typeof en)['report'] = {
  button: '报告',
  title: '“{name}”的报告',
  comparison: '{count} 次运行的报告',
  about: '一个文件，包含同事了解并重现它所需的全部内容，无需网络，也无需其他文件。',
  language: '语言',
  languages: { en: 'English', 'zh-CN': '简体中文' },
  format: '格式',
  formats: { html: 'HTML', pdf: 'PDF' },
  hints: {
    html: '可在任何浏览器中打开。',
    pdf: '适合打印和作为附件发送。',
    print: '将打开浏览器的打印对话框，请在其中选择“另存为 PDF”。',
  },
  pictures: '包含图片',
  picturesHint: '如果图片不宜公开，可以不包含图片；识别错误的图像则以其哈希值表示。',
  save: '保存报告',
  print: '打印报告…',
  saved: '报告已保存为 {name}',
}

export const explain = {
  open: 'Explain',
  title: 'What a run sees in {name}',
  run: 'Run',
  noRun: 'No run of this project has a model yet. Train one first.',
}

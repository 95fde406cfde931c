import { runColumns, type RunColumn } from './run-table.ts'

const columnsKey = 'thaw.runs.columns'

/** The columns that were chosen on this computer; all but one that says little at first. */
export function storedColumns(): readonly RunColumn[] {
  const stored = localStorage.getItem(columnsKey)?.split(',')
  // The name stays, whatever was stored.
  return runColumns.filter((column) =>
    stored ? column === 'name' || stored.includes(column) : column !== 'trainable',
  )
}

export function storeColumns(columns: readonly RunColumn[]): void {
  localStorage.setItem(columnsKey, columns.join())
}

/** Facts of the project: `id`, `name`, `created_at`. */
export interface MetaTable {
  key: string
  value: string
}

/** What distinguishes a run of a sweep: `learningRate=0.01, head=512:relu`. @param settings the names of those that vary */
export function sweepLabel(plan: Readonly<Record<string, unknown>>, settings: readonly string[]): string {
  return settings
    .map((name) => {
      const value = plan[name]
      return `${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`
    })
    .join(', ')
}

// Loaded before the program: `kill -9` of the command a person sees must end the process that does its work.
if (process.channel) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  process.channel.unref()
}

// Preloaded into a controller that a test or the demo starts: its standard input closes with its starter, even by
// SIGKILL, and then it ends.
process.stdin.once('end', () => process.kill(process.pid, 'SIGKILL')).resume();
// Nothing else is to wait for it. A pipe is a socket.
if ('unref' in process.stdin) process.stdin.unref();

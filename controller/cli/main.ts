import { systemIo } from './io.ts';
import { run } from './program.ts';

// `allclear plan … | head` ends quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await run(process.argv.slice(2), systemIo);

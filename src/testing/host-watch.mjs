/**
 * Loaded into a server process before its own program: ends the process when the one that started it is
 * gone, however that one ended. The starter holds the other end of stdin and never writes to it.
 */
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));
process.stdin.resume();

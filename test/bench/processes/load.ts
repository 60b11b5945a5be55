// Entry of a process: loads a bundle and tells how many milliseconds that took.
const bundle: string = JSON.parse(process.argv[2] ?? '');
const started = performance.now();
await import(bundle);
process.send?.(performance.now() - started);

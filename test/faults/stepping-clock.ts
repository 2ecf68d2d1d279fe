/** Loaded before a role of the product (`--import`): its wall clock steps an hour on at the first SIGUSR2, and two back at the second. */
const now = Date.now.bind(Date);
const STEPS_MS = [3_600_000, -7_200_000];
let offset = 0;
Date.now = () => now() + offset;
process.on('SIGUSR2', () => {
  offset += STEPS_MS.shift() ?? 0;
});

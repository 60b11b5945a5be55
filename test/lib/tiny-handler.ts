/** Stands for the functions' entry point where a test is not about it. */
export const handler = async () => 'ok';

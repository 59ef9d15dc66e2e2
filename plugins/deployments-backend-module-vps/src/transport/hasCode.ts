/** Whether an error is of the operating system and has this code, `ENOENT` say. */
export function hasCode(error: unknown, code: string): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === code
  );
}

/**
 * Whether a path is as a glob says: `*` stands for any part of a name, `?` for one character of it, and `**`, where it is a
 * whole name, for any number of names.
 *
 * Whoever writes a manifest writes globs, and whoever writes a repository its paths: however both are chosen, this takes no
 * more than the product of their lengths. Regular expressions, into which libraries make globs, have no such bound.
 */
export function matchesGlob(glob: string, path: string): boolean {
  const names = glob.split('/');
  return matchesSequence(
    // What lies inside, and not the directory itself.
    names.length > 1 && names.at(-1) === '**' ? [...names, '*'] : names,
    path.split('/'),
    { any: '**', matches: matchesName },
  );
}

function matchesName(glob: string, name: string): boolean {
  return matchesSequence([...glob], [...name], {
    any: '*',
    matches: (wanted, character) => wanted === '?' || wanted === character,
  });
}

/** Each `any` first stands for nothing, and for one part more each time that what follows it does not match; only the last one ever has to be tried again. */
function matchesSequence(
  pattern: readonly string[],
  parts: readonly string[],
  options: { any: string; matches(wanted: string, part: string): boolean },
): boolean {
  const { any, matches } = options;
  let wanted = 0;
  let part = 0;
  let again: { wanted: number; part: number } | undefined;
  while (part < parts.length) {
    if (pattern[wanted] === any) {
      wanted += 1;
      again = { wanted, part };
    } else if (
      wanted < pattern.length &&
      matches(pattern[wanted], parts[part])
    ) {
      wanted += 1;
      part += 1;
    } else if (again) {
      again = { wanted: again.wanted, part: again.part + 1 };
      ({ wanted, part } = again);
    } else {
      return false;
    }
  }
  return pattern.slice(wanted).every(left => left === any);
}

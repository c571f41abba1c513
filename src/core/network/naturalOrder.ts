/** Natural order of names: `node-2` before `node-10`. Total and deterministic: equal only for equal texts. */

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** Compares two texts, runs of decimal digits by their number; ties are broken by the plain order of the texts. */
export function compareNatural(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(j);
    if (isDigit(x) && isDigit(y)) {
      while (a[i] === '0') i++;
      while (b[j] === '0') j++;
      const startA = i;
      const startB = j;
      while (i < a.length && isDigit(a.charCodeAt(i))) i++;
      while (j < b.length && isDigit(b.charCodeAt(j))) j++;
      // Without leading zeros, the longer run of digits is the larger number.
      if (i - startA !== j - startB) return i - startA - (j - startB);
      const digitsA = a.slice(startA, i);
      const digitsB = b.slice(startB, j);
      if (digitsA !== digitsB) return digitsA < digitsB ? -1 : 1;
    } else {
      if (x !== y) return x - y;
      i++;
      j++;
    }
  }
  const rest = a.length - i - (b.length - j);
  if (rest !== 0) return rest;
  return a < b ? -1 : a > b ? 1 : 0;
}

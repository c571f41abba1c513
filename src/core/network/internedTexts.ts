/** Texts that many rows share, each kept once and named by a small number for as long as a row uses it. */

const NONE = -1;

export class InternedTexts {
  readonly #texts: string[] = [];
  readonly #uses: number[] = [];
  readonly #ids = new Map<string, number>();
  readonly #free: number[] = [];

  /** The number of the text, or -1 when no row uses it. */
  find(text: string): number {
    return this.#ids.get(text) ?? NONE;
  }
  text(id: number): string {
    return this.#texts[id] ?? '';
  }
  /** Every text that a row uses. */
  texts(): IterableIterator<string> {
    return this.#ids.keys();
  }
  /** How many rows use the text of that number. */
  uses(id: number): number {
    return this.#uses[id] ?? 0;
  }
  /** One more row uses the text; answers with its number. */
  use(text: string): number {
    let id = this.find(text);
    if (id === NONE) {
      id = this.#free.pop() ?? this.#texts.length;
      this.#texts[id] = text;
      this.#uses[id] = 0;
      this.#ids.set(text, id);
    }
    this.#uses[id] = this.uses(id) + 1;
    return id;
  }
  /** One row less uses it; a text that no row uses is forgotten, and its number given to another. */
  release(id: number): void {
    const uses = this.uses(id) - 1;
    this.#uses[id] = uses;
    if (uses > 0) return;
    this.#ids.delete(this.text(id));
    this.#texts[id] = '';
    this.#free.push(id);
  }
}

/** An answer of the API server, read to its end. */
export class Answer {
  readonly contentType: string;
  /** The body, decompressed, as it came. */
  readonly pieces: readonly Buffer[];
  /** Bytes of the body, decompressed. */
  readonly length: number;
  /** Bytes of the body on the wire, before they were decompressed. */
  readonly wireBytes: number;

  constructor(contentType: string, pieces: readonly Buffer[], wireBytes: number) {
    this.contentType = contentType;
    this.pieces = pieces;
    this.length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    this.wireBytes = wireBytes;
  }

  /** The body as one text. Of a page of thousands of objects the pieces are the better part. */
  get text(): string {
    return Buffer.concat(this.pieces, this.length).toString('utf8');
  }
}

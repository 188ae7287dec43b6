/** The JSON body of a response, as an object or as text. Each is derived from the other on first use. */
export class JsonBody {
  #value: unknown;
  #text: string | undefined;

  private constructor(value: unknown, text: string | undefined) {
    this.#value = value;
    this.#text = text;
  }

  static of(value: object): JsonBody {
    return new JsonBody(value, undefined);
  }

  /** @param text the JSON of the first response: a replay is the same byte for byte */
  static fromText(text: string): JsonBody {
    return new JsonBody(undefined, text);
  }

  get value(): unknown {
    this.#value ??= JSON.parse(this.#text ?? 'null');
    return this.#value;
  }

  get text(): string {
    this.#text ??= JSON.stringify(this.#value);
    return this.#text;
  }
}

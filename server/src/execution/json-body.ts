/** The JSON body of a response, as an object or as text. Each is made from the other when it is first asked for. */
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

  /** @param text JSON, as it was sent before: a replay has to be the same to the byte */
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

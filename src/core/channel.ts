/** A queue between who makes and who takes: pushed items come out of the async iterator in order; the taker says when it took one. */
export interface Channel<T> extends AsyncIterable<T> {
  push(item: T): void
  /** No more items; the iterator ends after the last. */
  end(): void
  /** The iterator throws this after the items already pushed are dropped. */
  fail(error: unknown): void
}

/** @param taken called each time an item leaves the queue */
export function channel<T>(taken: () => void = () => {}): Channel<T> {
  const items: T[] = []
  let wake = () => {}
  let ended = false
  let failure: { error: unknown } | null = null
  return {
    push(item) {
      items.push(item)
      wake()
    },
    end() {
      ended = true
      wake()
    },
    fail(error) {
      failure ??= { error }
      items.length = 0
      wake()
    },
    async *[Symbol.asyncIterator]() {
      while (true) {
        if (failure) throw failure.error
        const item = items.shift()
        if (item !== undefined) {
          taken()
          yield item
        } else if (ended) return
        else await new Promise<void>(resolve => (wake = resolve))
      }
    },
  }
}

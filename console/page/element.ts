type Content = Node | string | undefined;

/** An element. Its contents are texts or other elements, so that nothing which is told becomes markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<HTMLElementTagNameMap[Tag]> = {},
  ...contents: readonly Content[]
): HTMLElementTagNameMap[Tag] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...contents.filter((content) => content !== undefined));
  return made;
}

/** @throws {Error} where the page has no such element */
export function byId<Made extends HTMLElement>(id: string, type: new () => Made): Made {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no ${id}`);
  return found;
}

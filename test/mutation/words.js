import { declareValuePlugin, PluginKind } from "@stryker-mutator/api/plugin";

/**
 * Leaves sentences for people alone: how one is put is no decision. What is worked out inside of one still is broken.
 * JavaScript, as Stryker loads its plugins without knowing of types.
 */
const words = {
  shouldIgnore(path) {
    if (path.isStringLiteral()) return /\S\s+\S/.test(path.node.value) ? "words for people" : undefined;
    if (!path.isTemplateLiteral()) return undefined;
    const isSentence = path.node.quasis.some(({ value }) => /\S\s+\S/.test(value.raw));
    const isPlain = path.node.expressions.every(({ type }) => /^(Identifier|MemberExpression)$/.test(type));
    return isSentence && isPlain ? "words for people" : undefined;
  },
};

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, "words", words)];

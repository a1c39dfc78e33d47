/** How large things are on the wire (format v2). */
import { Fi } from "./codes.ts";
import { type Shape, UNBOUNDED } from "./ir.ts";
import type { LayoutDecl, Member, ResolvedType } from "./model.ts";
import type { Resolver } from "./resolver.ts";
import { stronglyConnected } from "./strongly_connected.ts";

const POINTER_SIZE = 8;
const ENVELOPE_SIZE = 8;
/** The largest content that an envelope holds itself. */
const INLINE_ENVELOPE = 4;
const MAX_INLINE_SIZE = 65_535;

/** Where a member of a struct lies. */
export interface FieldShape {
  readonly offset: number;
  /** Zero bytes behind it. */
  readonly padding: number;
}

type InlineShape = Pick<Shape, "inlineSize" | "alignment">;

/** Tables and unions, whatever they contain. */
const ENVELOPED: InlineShape = { inlineSize: 16, alignment: 8 };

function saturated(value: number): number {
  return Math.min(value, UNBOUNDED);
}

function roundUpTo(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}

/** Shapes of all layouts and of types made of them. */
export class Shapes {
  readonly #resolver: Resolver;
  readonly #inline = new Map<LayoutDecl, InlineShape>();
  readonly #fields = new Map<Member, FieldShape>();
  readonly #shapes = new Map<LayoutDecl, Shape>();

  /** `layouts`: each after those that it contains. Sizes that are too large are reported. */
  constructor(resolver: Resolver, layouts: readonly LayoutDecl[]) {
    this.#resolver = resolver;
    for (const layout of layouts) this.#inline.set(layout, this.#inlineOf(layout));
    for (const layout of layouts) this.#checkArrays(layout);
    for (const group of stronglyConnected(layouts, referredLayouts)) this.#measure(group);
  }

  layout(decl: LayoutDecl): Shape {
    return this.#shapes.get(decl)!;
  }

  field(member: Member): FieldShape {
    return this.#fields.get(member)!;
  }

  type(type: ResolvedType): Shape {
    return this.#type(type, (decl) => this.layout(decl));
  }

  #inlineOf(decl: LayoutDecl): InlineShape {
    switch (decl.kind) {
      case "table":
      case "union":
        return ENVELOPED;
      case "bits":
      case "enum":
        return primitive(decl.subtype!);
      case "struct":
        return this.#place(decl);
    }
  }

  /** Arrays in envelopes and vectors may not be larger than structs either: a decoder has to make them whole. */
  #checkArrays(decl: LayoutDecl): void {
    for (const { type: declared, typeNode, span } of decl.members) {
      // Of a struct's own array the struct's size tells.
      let type = decl.kind === "struct" && declared?.kind === "array" ? declared.element : declared;
      for (; type?.kind === "vector" || type?.kind === "array"; type = type.element) {
        if (type.kind === "vector") continue;
        const { inlineSize } = this.#inlineType(type);
        if (inlineSize <= MAX_INLINE_SIZE) continue;
        this.#resolver.report(
          Fi.NOT_SUPPORTED,
          typeNode?.span ?? span,
          `an array of ${inlineSize} bytes; at most ${MAX_INLINE_SIZE} are supported`,
        );
        break;
      }
    }
  }

  /** Lays a struct's members out. */
  #place(decl: LayoutDecl): InlineShape {
    let end = 0;
    let alignment: Shape["alignment"] = 1;
    let previous: { member: Member; offset: number; end: number } | undefined;
    const close = (next: number): void => {
      if (previous !== undefined)
        this.#fields.set(previous.member, { offset: previous.offset, padding: next - previous.end });
    };
    for (const member of decl.members) {
      const shape = this.#inlineType(member.type!);
      const offset = roundUpTo(end, shape.alignment);
      close(offset);
      end = offset + shape.inlineSize;
      if (shape.alignment > alignment) alignment = shape.alignment;
      previous = { member, offset, end };
    }
    const inlineSize = Math.max(1, roundUpTo(end, alignment));
    close(inlineSize);
    if (inlineSize > UNBOUNDED)
      this.#resolver.report(
        Fi.TYPE_SHAPE_INTEGER_OVERFLOW,
        decl.span,
        `the size of '${decl.name}' is beyond 32 bits: ${inlineSize} bytes`,
      );
    else if (inlineSize > MAX_INLINE_SIZE)
      this.#resolver.report(
        Fi.INLINE_SIZE_EXCEEDS_LIMIT,
        decl.span,
        `'${decl.name}' has an inline size of ${inlineSize} bytes; at most ${MAX_INLINE_SIZE} are possible`,
      );
    return { inlineSize, alignment };
  }

  #inlineType(type: ResolvedType): InlineShape {
    switch (type.kind) {
      case "primitive":
        return primitive(type.subtype);
      case "handle":
      case "endpoint":
      case "framework_error":
        return { inlineSize: 4, alignment: 4 };
      case "string":
      case "vector":
        return { inlineSize: 16, alignment: 8 };
      case "box":
        return { inlineSize: POINTER_SIZE, alignment: 8 };
      case "identifier":
        // An optional union can contain the struct that is being laid out, and is itself not yet known.
        return type.optional ? ENVELOPED : this.#inline.get(type.decl)!;
      case "array": {
        const { inlineSize, alignment } = this.#inlineType(type.element);
        return { inlineSize: inlineSize * type.count, alignment };
      }
    }
  }

  /** Measures layouts that contain each other; usually that is one, which does not contain itself. */
  #measure(group: readonly LayoutDecl[]): void {
    const [first] = group as [LayoutDecl];
    if (group.length === 1 && !referredLayouts(first).includes(first)) {
      this.#shapes.set(
        first,
        this.#measureOne(first, (decl) => this.layout(decl)),
      );
      return;
    }
    const members = new Set(group);
    // Recursion has no limit: what contains itself is as deep and as long as you like.
    const endless = (decl: LayoutDecl): Shape => ({
      ...this.#inline.get(decl)!,
      depth: UNBOUNDED,
      maxHandles: 0,
      maxOutOfLine: UNBOUNDED,
      hasPadding: false,
      hasFlexibleEnvelope: false,
    });
    const shapes = group.map((decl) =>
      this.#measureOne(decl, (other) => (members.has(other) ? endless(other) : this.layout(other))),
    );
    const hasHandles = shapes.some(({ maxHandles }) => maxHandles > 0);
    const hasPadding = shapes.some((shape) => shape.hasPadding);
    const hasFlexibleEnvelope = shapes.some((shape) => shape.hasFlexibleEnvelope);
    for (const decl of group)
      this.#shapes.set(decl, {
        ...endless(decl),
        maxHandles: hasHandles ? UNBOUNDED : 0,
        hasPadding,
        hasFlexibleEnvelope,
      });
  }

  #measureOne(decl: LayoutDecl, shapeOf: (decl: LayoutDecl) => Shape): Shape {
    const inline = this.#inline.get(decl)!;
    const members = decl.kind === "bits" || decl.kind === "enum" ? [] : decl.members;
    const shapes = members.map(({ type }) => this.#type(type!, shapeOf));
    if (decl.kind === "struct") {
      const isPadded = decl.members.some((member) => this.field(member).padding > 0);
      return {
        ...inline,
        ...combined(shapes, total),
        hasPadding: isPadded || shapes.some((shape) => shape.hasPadding),
      };
    }
    const envelopes = shapes.map(envelope);
    if (decl.kind === "union") {
      const all = combined(envelopes, largest);
      return { ...inline, ...all, hasFlexibleEnvelope: !decl.strict || all.hasFlexibleEnvelope };
    }
    if (decl.kind === "table") {
      const all = combined(envelopes, total);
      const count = Math.max(0, ...decl.members.map(({ ordinal }) => ordinal));
      return {
        ...inline,
        ...all,
        depth: saturated(all.depth + 1),
        maxOutOfLine: saturated(all.maxOutOfLine + count * ENVELOPE_SIZE),
        hasFlexibleEnvelope: true,
      };
    }
    return flat(inline);
  }

  #type(type: ResolvedType, shapeOf: (decl: LayoutDecl) => Shape): Shape {
    const inline = this.#inlineType(type);
    switch (type.kind) {
      case "handle":
      case "endpoint":
        return { ...flat(inline), maxHandles: 1 };
      case "string": {
        const bytes = type.bound ?? UNBOUNDED;
        return { ...flat(inline), depth: 1, maxOutOfLine: saturated(roundUpTo(bytes, 8)), hasPadding: true };
      }
      case "vector": {
        const element = this.#type(type.element, shapeOf);
        const count = type.bound ?? UNBOUNDED;
        return {
          ...pointedTo(element, count),
          ...inline,
          hasPadding: element.hasPadding || element.inlineSize % 8 !== 0,
        };
      }
      case "array": {
        const element = this.#type(type.element, shapeOf);
        return {
          ...element,
          inlineSize: inline.inlineSize,
          maxHandles: saturated(element.maxHandles * type.count),
          maxOutOfLine: saturated(element.maxOutOfLine * type.count),
        };
      }
      case "box":
        return { ...pointedTo(shapeOf(type.struct), 1), ...inline };
      case "identifier":
        return shapeOf(type.decl);
      default:
        return flat(inline);
    }
  }
}

function primitive(subtype: string): InlineShape {
  if (subtype === "bool") return { inlineSize: 1, alignment: 1 };
  const size = (Number(subtype.replace(/^[a-z]+/, "")) / 8) as 1 | 2 | 4 | 8;
  return { inlineSize: size, alignment: size };
}

function flat(inline: InlineShape): Shape {
  return {
    ...inline,
    depth: 0,
    maxHandles: 0,
    maxOutOfLine: 0,
    hasPadding: false,
    hasFlexibleEnvelope: false,
  };
}

/** The content of a vector or box, out of line. */
function pointedTo(element: Shape, count: number): Shape {
  return {
    ...element,
    depth: saturated(element.depth + 1),
    maxHandles: saturated(element.maxHandles * count),
    maxOutOfLine: saturated(roundUpTo(element.inlineSize * count, 8) + element.maxOutOfLine * count),
    hasPadding: element.hasPadding || (element.inlineSize * count) % 8 !== 0,
  };
}

/** The content of an envelope: in it if it is small, else out of line. */
function envelope(content: Shape): Shape {
  const isInline = content.inlineSize <= INLINE_ENVELOPE;
  const room = isInline ? INLINE_ENVELOPE : roundUpTo(content.inlineSize, 8);
  return {
    ...content,
    depth: saturated(content.depth + 1),
    maxOutOfLine: saturated(content.maxOutOfLine + (isInline ? 0 : room)),
    hasPadding: content.hasPadding || room !== content.inlineSize,
  };
}

function total(figures: readonly number[]): number {
  return saturated(figures.reduce((sum, figure) => sum + figure, 0));
}

function largest(figures: readonly number[]): number {
  return figures.reduce((most, figure) => Math.max(most, figure), 0);
}

/** What a layout takes over from its members. */
function combined(
  shapes: readonly Shape[],
  combine: (figures: readonly number[]) => number,
): Omit<Shape, "inlineSize" | "alignment"> {
  return {
    depth: largest(shapes.map(({ depth }) => depth)),
    maxHandles: combine(shapes.map(({ maxHandles }) => maxHandles)),
    maxOutOfLine: combine(shapes.map(({ maxOutOfLine }) => maxOutOfLine)),
    hasPadding: shapes.some(({ hasPadding }) => hasPadding),
    hasFlexibleEnvelope: shapes.some(({ hasFlexibleEnvelope }) => hasFlexibleEnvelope),
  };
}

/** Layouts that a value of this one can contain, optional ones included. */
function referredLayouts(decl: LayoutDecl): LayoutDecl[] {
  return decl.members.flatMap(({ type }) => {
    let inner = type;
    while (inner?.kind === "vector" || inner?.kind === "array") inner = inner.element;
    if (inner?.kind === "box") return [inner.struct];
    return inner?.kind === "identifier" ? [inner.decl] : [];
  });
}

// Checks what a Regesta register hands out: the same checks, in the same order, as regesta_verify.py.
// Formats: C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof; hashing: RFC 6962; JSON: RFC 8785.
"use strict";

const regesta = (() => {
  const LOG = 1, WITNESS = 4, SAFE = Number.MAX_SAFE_INTEGER;
  const STATED = ["format", "register", "entry", "registration_number", "as_of", "known_at", "part", "state", "named",
    "rule_version", "nonce", "acts"];
  const PROOF = new RegExp("^c2sp\\.org/tlog-proof@v1\\n(?:extra [A-Za-z0-9+/]+={0,2}\\n)?index (0|[1-9][0-9]{0,14})\\n"
    + "((?:[A-Za-z0-9+/]{43}=\\n){0,63})\\n([\\s\\S]+)$");
  const CHECKPOINT = /^([^\n]+)\n(0|[1-9][0-9]{0,14})\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*$/;
  const KEY = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/;
  const SIGNATURE = /^\u2014 ([^ +]+) ([A-Za-z0-9+/]+={0,2})$/;
  const utf8 = new TextEncoder();

  class Refused extends Error {
    constructor(code, values = {}) { super(code); this.code = code; this.values = values; }
  }
  class Undecided extends Refused {}

  async function verdict(files, keys) {
    const lines = [];
    try {
      const known = [];
      for (const key of keys) known.push(await parseKey(key));
      await check(files, known, lines);
      return { outcome: "proved", code: "", lines };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const outcome = error instanceof Undecided ? "undecided" : "refused";
      return { outcome, code: error.code, lines: [...lines, { say: error.code, values: error.values }] };
    }
  }

  async function check(files, keys, lines) {
    const documents = [], proofs = [], notes = [], leaves = [];
    for (const content of files) {
      const text = textOf(content);
      if (text.startsWith("c2sp.org/tlog-proof")) proofs.push(text);
      else if (text.startsWith("{")) {
        const document = parseJson(text);
        if ("payload_sha256" in document) leaves.push(content); else documents.push(document);
      } else notes.push(text);
    }
    const isJoin = (d) => "from" in d && "to" in d && "hashes" in d;
    const joins = documents.filter(isJoin), others = documents.filter((d) => !isJoin(d));
    const extracts = others.filter((d) => "format" in d), receipts = others.filter((d) => !("format" in d));
    if (extracts.length) for (const each of extracts) await checkExtract(each, keys, lines);
    else if (joins.length) {
      const trees = [];
      for (const note of notes) trees.push(await treeOf(note, keys));
      for (const join of joins) await checkConsistency(join, trees, lines);
    } else if (proofs.length) {
      const found = [...leaves];
      for (const receipt of receipts) if ("leaf" in receipt) found.push(utf8.encode(string(receipt, "leaf")));
      for (const proof of proofs) await checkProof(proof, found, keys, lines);
    } else if (receipts.length) for (const each of receipts) await checkReceipt(each, keys, lines);
    else if (notes.length) {
      for (const note of notes) {
        const tree = await treeOf(note, keys);
        lines.push({ say: "signed", values: { ...tree, root: hex(tree.root) } });
        await checkCosignatures(note, keys, lines);
      }
    } else throw new Undecided("nothing");
  }

  async function checkExtract(file, keys, lines) {
    if (file.format !== "regesta-extract/1") throw new Refused("format");
    const stated = {};
    for (const name of STATED) stated[name] = member(file, name);
    const acts = list(file, "acts").map(object);
    stated.acts = acts.map((act) => {
      const kept = {};
      for (const name of ["position", "leaf", "payload"]) kept[name] = member(act, name);
      return kept;
    });
    if (hex(await sha256(utf8.encode(canonical(stated)))) !== string(file, "sha256")) throw new Refused("hash");
    const tree = await treeOf(string(file, "checkpoint"), keys);
    const known = number(object(member(file, "known_at")), "position", -1);
    if (tree.size <= known) throw new Refused("size", { size: tree.size, known });
    let before = -1;
    for (const act of acts) {
      const [leaf, position] = await checkAct(act, tree);
      if (!(before < position && position <= known)) throw new Refused("position", { position, known });
      if (leaf.aggregate !== string(file, "entry")) throw new Refused("entry", { position });
      before = position;
    }
    lines.push({ say: "extract", values: {
      register: file.register, entry: file.registration_number || file.entry, day: file.as_of, known,
      acts: acts.length, size: tree.size, origin: tree.origin } });
    await checkIssue(file, tree, lines);
    await checkCosignatures(string(file, "checkpoint"), keys, lines);
  }

  async function checkIssue(file, tree, lines) {
    const named = member(file, "number"), shown = member(file, "issue");
    if ((named === null) !== (shown === null)) throw new Refused("issue");
    if (named === null) { lines.push({ say: "unnumbered", values: {} }); return; }
    const issue = object(shown);
    await checkAct(issue, tree);
    if (issue.payload === null) throw new Refused("issue");
    const said = object(member(parseJson(textOf(bytes(issue, "payload"))), "content"));
    if (said.statement_sha256 !== file.sha256 || said.registration_number !== named) throw new Refused("issue");
    lines.push({ say: "issued", values: { number: named } });
  }

  async function checkAct(act, tree) {
    const leaf = bytes(act, "leaf"), position = number(act, "position", 0);
    await checkInclusion(leaf, position, list(act, "proof").map(decoded), tree);
    const said = parseJson(textOf(leaf));
    if (member(act, "payload") !== null && said.payload_sha256 !== hex(await sha256(bytes(act, "payload"))))
      throw new Refused("payload", { position });
    return [said, position];
  }

  async function checkReceipt(file, keys, lines) {
    if (!("checkpoint" in file)) throw new Undecided("checkpoint-missing");
    const tree = await treeOf(string(file, "checkpoint"), keys), position = number(file, "position", 0);
    await checkInclusion(utf8.encode(string(file, "leaf")), position, list(file, "hashes").map(decoded), tree);
    lines.push({ say: "included", values: { position, size: tree.size, origin: tree.origin } });
    await checkCosignatures(string(file, "checkpoint"), keys, lines);
  }

  async function checkProof(text, leaves, keys, lines) {
    const found = PROOF.exec(text);
    if (!found) throw new Refused("format");
    const tree = await treeOf(found[3], keys);
    if (!leaves.length) throw new Undecided("leaf");
    const position = Number(found[1]);
    for (const leaf of leaves)
      await checkInclusion(leaf, position, found[2].split("\n").slice(0, -1).map(decoded), tree);
    lines.push({ say: "included", values: { position, size: tree.size, origin: tree.origin } });
    await checkCosignatures(found[3], keys, lines);
  }

  async function checkConsistency(join, trees, lines) {
    const first = number(join, "from", 1), second = number(join, "to", 1), path = list(join, "hashes").map(decoded);
    const [one, other] = [first, second].map((size) => trees.find((tree) => tree.size === size));
    if (!one || !other) throw new Undecided("checkpoints-missing", { first, second });
    if (one.origin !== other.origin || first > second) throw new Refused("consistency", { first, second });
    let fits = !path.length && same(one.root, other.root);
    if (first !== second) {
      const roots = await joined(first, second, one.root, path);
      fits = roots !== null && same(roots[0], one.root) && same(roots[1], other.root);
    }
    if (!fits) throw new Refused("consistency", { first, second });
    lines.push({ say: "consistent", values: { first, second, origin: one.origin } });
  }

  // Sizes may be larger than the 32 bits of JavaScript's bit operators, so places are halved by division.
  const half = (at) => Math.floor(at / 2);

  async function joined(first, second, root, path) {
    let width = first;
    while (width % 2 === 0) width = half(width);
    if (width === 1) path = [root, ...path];
    if (!path.length) return null;
    let at = first - 1, last = second - 1;
    while (at % 2) [at, last] = [half(at), half(last)];
    let before = path[0], after = path[0];
    for (const sibling of path.slice(1)) {
      if (last === 0) return null;
      if (at % 2 || at === last) {
        [before, after] = [await node(sibling, before), await node(sibling, after)];
        while (at % 2 === 0 && at) [at, last] = [half(at), half(last)];
      } else after = await node(after, sibling);
      [at, last] = [half(at), half(last)];
    }
    return last ? null : [before, after];
  }

  async function checkInclusion(leaf, position, path, tree) {
    let at = position, last = tree.size - 1, found = await sha256(joinedBytes([0], leaf)), fits = position < tree.size;
    for (const sibling of path) {
      fits = fits && last > 0;
      if (at % 2 || at === last) {
        found = await node(sibling, found);
        while (at % 2 === 0 && at) [at, last] = [half(at), half(last)];
      } else found = await node(found, sibling);
      [at, last] = [half(at), half(last)];
    }
    if (!fits || last > 0 || !same(found, tree.root)) throw new Refused("inclusion", { position, size: tree.size });
  }

  async function treeOf(note, keys) {
    const { text, signatures } = parseNote(note), found = CHECKPOINT.exec(text);
    if (!found) throw new Refused("checkpoint");
    const tree = { origin: found[1], size: Number(found[2]), root: decoded(found[3]) };
    const logs = keys.filter((key) => key.kind === LOG && key.name === tree.origin);
    if (!logs.length) throw new Undecided("key", { origin: tree.origin });
    let signed = 0;
    for (const key of logs)
      for (const signature of signatures.filter((each) => by(key, each))) {
        if (!await verifies(key, signature.signature, utf8.encode(text)))
          throw new Refused("signature", { origin: tree.origin });
        signed += 1;
      }
    if (!signed) throw new Refused("signature", { origin: tree.origin });
    return tree;
  }

  async function checkCosignatures(note, keys, lines) {
    const { text, signatures } = parseNote(note);
    for (const key of keys.filter((each) => each.kind === WITNESS))
      for (const { signature } of signatures.filter((each) => by(key, each))) {
        const at = signature.slice(0, 8).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
        const signed = utf8.encode(`cosignature/v1\ntime ${at}\n${text}`);
        if (signature.length !== 72 || !await verifies(key, signature.slice(8), signed))
          throw new Refused("cosignature", { name: key.name });
        lines.push({ say: "cosigned", values: { name: key.name } });
      }
  }

  const by = (key, each) => each.name === key.name && same(each.number, key.number);

  async function verifies(key, signature, signed) {
    try {
      const imported = await crypto.subtle.importKey("raw", key.public, { name: "Ed25519" }, false, ["verify"]);
      return await crypto.subtle.verify({ name: "Ed25519" }, imported, signature, signed);
    } catch (error) {
      if (error.name === "NotSupportedError") throw error;
      return false;
    }
  }

  async function parseKey(text) {
    const found = KEY.exec(text.trim()), coded = found ? decoded(found[3]) : new Uint8Array();
    if (!found || coded.length !== 33 || ![LOG, WITNESS].includes(coded[0])) throw new Refused("verifier-key");
    const number = (await sha256(joinedBytes(utf8.encode(`${found[1]}\n`), coded))).slice(0, 4);
    if (hex(number) !== found[2]) throw new Refused("verifier-key");
    return { name: found[1], number, kind: coded[0], public: coded.slice(1) };
  }

  function parseNote(note) {
    const gap = note.lastIndexOf("\n\n"), lines = note.slice(gap + 2).split("\n");
    if (gap < 0 || lines.pop() !== "" || !lines.length) throw new Refused("note");
    const signatures = lines.map((line) => {
      const found = SIGNATURE.exec(line), coded = found ? decoded(found[2]) : new Uint8Array();
      if (!found || coded.length < 5) throw new Refused("note");
      return { name: found[1], number: coded.slice(0, 4), signature: coded.slice(4) };
    });
    return { text: note.slice(0, gap) + "\n", signatures };
  }

  function canonical(value) {
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (value === null || typeof value !== "object") return JSON.stringify(value);
    return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
  }

  function parseJson(text) {
    try {
      const found = JSON.parse(text);
      settled(found);
      return object(found);
    } catch (error) {
      if (error instanceof Refused) throw error;
      throw new Refused("json");
    }
  }

  // Numbers must be whole and small enough, and texts whole characters, to be the same in every language.
  function settled(value) {
    if (typeof value === "number" && !Number.isSafeInteger(value)) throw new RangeError("number");
    if (typeof value === "string" && !value.isWellFormed()) throw new RangeError("text");
    if (value !== null && typeof value === "object")
      for (const name of Object.keys(value)) { settled(name); settled(value[name]); }
  }

  function textOf(content) {
    try { return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content); }
    catch { throw new Refused("text"); }
  }

  function decoded(text) {
    try {
      const plain = atob(text);
      if (typeof text === "string" && plain.length && btoa(plain) === text)
        return Uint8Array.from(plain, (character) => character.charCodeAt(0));
    } catch { /* told below */ }
    throw new Refused("base64");
  }

  function member(document, name) {
    if (!Object.hasOwn(document, name)) throw new Refused("member", { name });
    return document[name];
  }
  function object(value) {
    if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Refused("member", { name: "{}" });
    return value;
  }
  function list(document, name) {
    const value = member(document, name);
    if (!Array.isArray(value)) throw new Refused("member", { name });
    return value;
  }
  function string(document, name) {
    const value = member(document, name);
    if (typeof value !== "string") throw new Refused("member", { name });
    return value;
  }
  function number(document, name, least) {
    const value = member(document, name);
    if (typeof value !== "number" || value < least) throw new Refused("member", { name });
    return value;
  }
  const bytes = (document, name) => decoded(member(document, name));
  const sha256 = async (content) => new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  const joinedBytes = (...parts) => Uint8Array.from(parts.flatMap((part) => Array.from(part)));
  const node = (left, right) => sha256(joinedBytes([1], left, right));
  const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
  const hex = (content) => Array.from(content, (byte) => byte.toString(16).padStart(2, "0")).join("");

  return { verdict };
})();

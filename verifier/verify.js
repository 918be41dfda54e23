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
  const DAY = /^(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}$/, HASH = /^[0-9a-f]{64}$/;
  const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
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
    const formatted = others.filter((d) => "format" in d), receipts = others.filter((d) => !("format" in d));
    if (formatted.length) for (const each of formatted) await checkFormatted(each, keys, lines);
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

  async function checkFormatted(file, keys, lines) {
    if (file.format === "regesta-extract/1") await checkExtract(file, keys, lines);
    else if (file.format === "regesta-absence/1") await checkAbsence(file, keys, lines);
    else if (file.format === "regesta-completeness/1") await checkCompleteness(file, keys, lines);
    else throw new Refused("format");
  }

  async function checkExtract(file, keys, lines) {
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

  // No entry with the number was in the register: nothing stands between the leaves around it.
  async function checkAbsence(file, keys, lines) {
    const map = await committed(file, keys), day = dayOf(member(file, "as_of")), named = string(file, "number");
    if (!named) throw new Refused("member", { name: "number" });
    const places = [], leaves = [];
    for (const shown of list(file, "leaves").map(object)) {
      const place = number(shown, "index", 0), leaf = string(shown, "leaf"), path = list(shown, "proof").map(hashOf);
      if (!await includes(utf8.encode(leaf), place, path, map.size, map.root))
        throw new Refused("map-leaf", { place, size: map.size });
      places.push(place);
      leaves.push(parseLeaf(leaf));
    }
    if (!surround(named, places, leaves, map.size)) throw new Refused("neighbours", { number: named });
    for (const leaf of leaves)
      if (leaf.number === named && isIn(leaf, map.alive, day))
        throw new Refused("present", { number: named, day, entry: leaf.entry });
    lines.push({ say: "absent", values: { number: named, register: file.register, day, known: map.position } });
    await checkCommitting(map, keys, lines);
  }

  function surround(named, places, leaves, size) {
    if (!leaves.length) return size === 0;
    const last = leaves.length - 1;
    return places.every((place, at) => at === 0 || place === places[at - 1] + 1) && isSorted(leaves)
      && (order(leaves[0].number, named) < 0 || places[0] === 0)
      && (order(leaves[last].number, named) > 0 || places[last] === size - 1);
  }

  // The list holds every entry that was in the register: all leaves of the register's map are shown.
  async function checkCompleteness(file, keys, lines) {
    const map = await committed(file, keys), day = dayOf(member(file, "as_of")), shown = list(file, "leaves").map(textIn);
    if (shown.length !== map.size || !same(await rootOf(shown), map.root))
      throw new Refused("leaves", { size: map.size });
    const leaves = shown.map(parseLeaf);
    if (!isSorted(leaves)) throw new Refused("map-order");
    const listed = leaves.filter((leaf) => isIn(leaf, map.alive, day)).map((leaf) => [leaf.number, leaf.entry]);
    if (canonical(list(file, "entries")) !== canonical(listed)) throw new Refused("list", { count: listed.length, day });
    const count = listed.length;
    lines.push({ say: "complete", values: { count, register: file.register, day, known: map.position } });
    for (const [named, entry] of listed) lines.push({ say: "listed", values: { number: named || "-", entry } });
    await checkCommitting(map, keys, lines);
  }

  async function committed(file, keys) {
    const shown = object(member(file, "commitment"));
    const { position: act, path, tree, note } = await parseProof(string(shown, "proof"), keys);
    const leaf = string(shown, "leaf"), payload = string(shown, "payload");
    await checkInclusion(utf8.encode(leaf), act, path, tree);
    const said = parseJson(leaf);
    if (said.payload_sha256 !== hex(await sha256(utf8.encode(payload)))) throw new Refused("payload", { position: act });
    if (said.event !== "register_maps.committed:1") throw new Refused("commitment", { act });
    const content = object(member(parseJson(payload), "content")), maps = list(content, "maps").map(object);
    const found = maps.filter((each) => member(each, "register_name") === string(file, "register"));
    if (found.length !== 1) throw new Refused("commitment", { act });
    const position = number(content, "position", -1), known = number(file, "known_at", -1);
    if (position !== known || position >= act) throw new Refused("known", { act, position, known });
    const size = number(found[0], "size", 0), root = hashOf(member(found[0], "root"));
    return { position, size, root, alive: list(found[0], "alive"), act, tree, note };
  }

  async function checkCommitting(map, keys, lines) {
    lines.push({ say: "committed", values: { act: map.act, size: map.tree.size, origin: map.tree.origin } });
    await checkCosignatures(map.note, keys, lines);
  }

  function parseLeaf(text) {
    const said = parseJson(text);
    if (Object.keys(said).sort().join() !== "days,entry,number,version" || canonical(said) !== text)
      throw new Refused("map-writing");
    const named = string(said, "number"), entry = string(said, "entry");
    number(said, "version", 0);
    const days = list(said, "days").map((day) => {
      if (!Array.isArray(day) || day.length !== 4 || !UUID.test(entry)) throw new Refused("map-writing");
      return { first: dayOf(day[0]), end: day[1] === null ? null : dayOf(day[1]), status: textIn(day[2]) };
    });
    return { number: named, entry, days };
  }

  const isIn = (leaf, statuses, day) => leaf.days.some((each) =>
    each.first <= day && (each.end === null || day < each.end) && statuses.includes(each.status));
  const isSorted = (leaves) => leaves.every((leaf, at) => at === 0
    || (order(leaves[at - 1].number, leaf.number) || order(leaves[at - 1].entry, leaf.entry)) < 0);

  // By characters, as other languages sort, and not by the halves of which JavaScript makes rare ones.
  function order(one, other) {
    let at = 0;
    while (at < one.length && one[at] === other[at]) at += 1;
    return (one.codePointAt(at) ?? -1) - (other.codePointAt(at) ?? -1);
  }

  async function rootOf(leaves) {
    let level = await Promise.all(leaves.map((leaf) => sha256(joinedBytes([0], utf8.encode(leaf)))));
    while (level.length > 1) {
      const pairs = [];
      for (let at = 0; at + 1 < level.length; at += 2) pairs.push(node(level[at], level[at + 1]));
      level = [...await Promise.all(pairs), ...level.slice(2 * pairs.length)];
    }
    return level.length ? level[0] : sha256(new Uint8Array());
  }

  async function checkReceipt(file, keys, lines) {
    if (!("checkpoint" in file)) throw new Undecided("checkpoint-missing");
    const tree = await treeOf(string(file, "checkpoint"), keys), position = number(file, "position", 0);
    await checkInclusion(utf8.encode(string(file, "leaf")), position, list(file, "hashes").map(decoded), tree);
    lines.push({ say: "included", values: { position, size: tree.size, origin: tree.origin } });
    await checkCosignatures(string(file, "checkpoint"), keys, lines);
  }

  async function checkProof(text, leaves, keys, lines) {
    const { position, path, tree, note } = await parseProof(text, keys);
    if (!leaves.length) throw new Undecided("leaf");
    for (const leaf of leaves) await checkInclusion(leaf, position, path, tree);
    lines.push({ say: "included", values: { position, size: tree.size, origin: tree.origin } });
    await checkCosignatures(note, keys, lines);
  }

  async function parseProof(text, keys) {
    const found = PROOF.exec(text);
    if (!found) throw new Refused("format");
    const tree = await treeOf(found[3], keys), path = found[2].split("\n").slice(0, -1).map(decoded);
    return { position: Number(found[1]), path, tree, note: found[3] };
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
    if (!await includes(leaf, position, path, tree.size, tree.root))
      throw new Refused("inclusion", { position, size: tree.size });
  }

  async function includes(leaf, place, path, size, root) {
    let at = place, last = size - 1, found = await sha256(joinedBytes([0], leaf)), fits = place < size;
    for (const sibling of path) {
      fits = fits && last > 0;
      if (at % 2 || at === last) {
        found = await node(sibling, found);
        while (at % 2 === 0 && at) [at, last] = [half(at), half(last)];
      } else found = await node(found, sibling);
      [at, last] = [half(at), half(last)];
    }
    return fits && last === 0 && same(found, root);
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
  function textIn(value) {
    if (typeof value !== "string") throw new Refused("member", { name: "[]" });
    return value;
  }
  function hashOf(value) {
    if (typeof value !== "string" || !HASH.test(value)) throw new Refused("member", { name: "SHA-256" });
    return Uint8Array.from(value.match(/../g), (pair) => parseInt(pair, 16));
  }
  function dayOf(value) {
    const at = typeof value === "string" && DAY.test(value) ? new Date(`${value}T00:00:00Z`) : new Date(NaN);
    if (Number.isNaN(at.getTime()) || !at.toISOString().startsWith(value)) throw new Refused("member", { name: "as_of" });
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

// Follows a log with Go's own note and tlog packages.
//
// It asks for what it wants to read with a line "get PATH", and is answered with a line of the length and the content;
// so it needs no HTTP of its own, which takes long to compile. For each line "look" it reads the newest checkpoint and
//   - checks its signature,
//   - rebuilds its root from the entry bundles (those it has not read yet),
//   - reads the tiles that prove entries, against that root,
//   - checks the inclusion proofs that the server gives for the first, the middle and the newest entry,
//   - checks the consistency proofs that it gives from every size seen before.
//
// Prints the size, or what is wrong.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type tree struct {
	size int64
	root tlog.Hash
}

type follower struct {
	input   *bufio.Reader
	stored  []tlog.Hash
	size    int64
	seen    []tree
}

func (f *follower) get(path string) []byte {
	fmt.Println("get " + path)
	line, err := f.input.ReadString('\n')
	check(err)
	length, err := strconv.Atoi(strings.TrimSpace(line))
	check(err)
	content := make([]byte, length)
	_, err = io.ReadFull(f.input, content)
	check(err)
	return content
}

func (f *follower) checkpoint() tree {
	verifier, err := note.NewVerifier(strings.TrimSpace(string(f.get("key"))))
	check(err)
	signed, err := note.Open(f.get("checkpoint"), note.VerifierList(verifier))
	check(err)
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		fail("checkpoint: met %q", signed.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return tree{size, root}
}

func (f *follower) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hashes[i] = f.stored[index]
	}
	return hashes, nil
}

// Reads the entries up to size, bundle by bundle.
func (f *follower) follow(size int64) {
	for f.size < size {
		bundle := f.size / 256
		width := size - bundle*256
		if width > 256 {
			width = 256
		}
		content := f.get("tile/entries/" + path(bundle, width))
		at := bundle * 256
		for len(content) > 0 {
			length := int(binary.BigEndian.Uint16(content))
			if at == f.size {
				hashes, err := tlog.StoredHashes(at, content[2:2+length], f)
				check(err)
				f.stored = append(f.stored, hashes...)
				f.size++
			}
			content = content[2+length:]
			at++
		}
		if at != bundle*256+width {
			fail("bundle %d: expected %d entries, met %d", bundle, width, at-bundle*256)
		}
	}
}

func path(number, width int64) string {
	written := fmt.Sprintf("%03d", number%1000)
	for number >= 1000 {
		number /= 1000
		written = fmt.Sprintf("x%03d/%s", number%1000, written)
	}
	if width < 256 {
		written += fmt.Sprintf(".p/%d", width)
	}
	return written
}

// Tiles, as tlog asks for them.
type tiles struct{ *follower }

func (t tiles) Height() int { return 8 }

func (t tiles) ReadTiles(asked []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range asked {
		read = append(read, t.get(fmt.Sprintf("tile/%d/%s", tile.L, path(tile.N, int64(tile.W)))))
	}
	return read, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (f *follower) look() int64 {
	now := f.checkpoint()
	f.follow(now.size)
	root, err := tlog.TreeHash(now.size, f)
	check(err)
	if root != now.root {
		fail("tree of %d: expected root %v, met %v", now.size, root, now.root)
	}
	byTiles := tlog.TileHashReader(tlog.Tree{N: now.size, Hash: now.root}, tiles{f})
	for _, position := range []int64{0, now.size / 2, now.size - 1} {
		leaf, err := f.ReadHashes([]int64{tlog.StoredHashIndex(0, position)})
		check(err)
		_, err = tlog.ProveRecord(now.size, position, byTiles)
		check(err)
		proof := f.proof(fmt.Sprintf("proof/inclusion?position=%d&size=%d", position, now.size))
		check(tlog.CheckRecord(proof, now.size, now.root, position, leaf[0]))
	}
	for _, before := range f.seen {
		proof := f.proof(fmt.Sprintf("proof/consistency?from=%d&to=%d", before.size, now.size))
		check(tlog.CheckTree(proof, now.size, now.root, before.size, before.root))
	}
	f.seen = append(f.seen, now)
	return now.size
}

func (f *follower) proof(path string) []tlog.Hash {
	var told struct{ Hashes []string }
	check(json.Unmarshal(f.get(path), &told))
	var hashes []tlog.Hash
	for _, each := range told.Hashes {
		hash, err := base64.StdEncoding.DecodeString(each)
		check(err)
		hashes = append(hashes, *(*tlog.Hash)(hash))
	}
	return hashes
}

func check(err error) {
	if err != nil {
		fail("%v", err)
	}
}

func fail(format string, values ...any) {
	fmt.Printf(format+"\n", values...)
	os.Exit(1)
}

func main() {
	following := &follower{input: bufio.NewReader(os.Stdin)}
	for {
		if _, err := following.input.ReadString('\n'); err != nil {
			return
		}
		fmt.Println(following.look())
	}
}

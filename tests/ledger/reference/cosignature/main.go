// Checks a cosigned checkpoint with Go's own note package, which knows nothing of cosignatures, and a verifier for these
// written from the text of c2sp.org/tlog-cosignature with crypto/ed25519.
//
// Arguments: the checkpoint's file, the log's verifier key, the witness's verifier key. Prints when it was cosigned.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

type witness struct {
	name   string
	hash   uint32
	public ed25519.PublicKey
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.hash }

func (w witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	seconds := strconv.FormatUint(binary.BigEndian.Uint64(signature), 10)
	message := append([]byte("cosignature/v1\ntime "+seconds+"\n"), text...)
	return ed25519.Verify(w.public, message, signature[8:])
}

func newWitness(key string) witness {
	parts := strings.SplitN(key, "+", 3)
	if len(parts) != 3 {
		fail("verifier key: expected three parts, met %q", key)
	}
	coded, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(coded) != 1+ed25519.PublicKeySize || coded[0] != 4 {
		fail("verifier key: expected type 4, met %q", key)
	}
	number := sha256.Sum256([]byte(parts[0] + "\n" + string(coded)))
	hash := binary.BigEndian.Uint32(number[:4])
	if fmt.Sprintf("%08x", hash) != parts[1] {
		fail("verifier key: expected number %08x, met %s", hash, parts[1])
	}
	return witness{parts[0], hash, coded[1:]}
}

func main() {
	content, err := os.ReadFile(os.Args[1])
	if err != nil {
		fail("%v", err)
	}
	log, err := note.NewVerifier(os.Args[2])
	if err != nil {
		fail("%v", err)
	}
	cosigner := newWitness(os.Args[3])
	opened, err := note.Open(content, note.VerifierList(log, cosigner))
	if err != nil {
		fail("%v", err)
	}
	if len(opened.Sigs) != 2 || opened.Sigs[0].Name != log.Name() || opened.Sigs[1].Name != cosigner.name {
		fail("expected the log and the witness, met %v", opened.Sigs)
	}
	signature, err := base64.StdEncoding.DecodeString(opened.Sigs[1].Base64)
	if err != nil {
		fail("%v", err)
	}
	fmt.Println(binary.BigEndian.Uint64(signature[4:12]))
}

func fail(format string, values ...interface{}) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
	os.Exit(1)
}

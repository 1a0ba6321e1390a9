// Prints where gomemcache places keys: with Debian's golang-go and golang-github-bradfitz-gomemcache-dev
//
//	GOPATH=/usr/share/gocode GO111MODULE=off go run gomemcache.go >gomemcache.txt
package main

import (
	"fmt"
	"strings"

	"github.com/bradfitz/gomemcache/memcache"
)

func main() {
	for _, servers := range []int{1, 2, 3, 5, 25, 40, 50} {
		var list []string
		number := map[string]int{}
		for i := 0; i < servers; i++ {
			address := fmt.Sprintf("10.0.0.%d:11211", i+1)
			list = append(list, address)
			number[address] = i
		}
		var selector memcache.ServerList
		if err := selector.SetServers(list...); err != nil {
			panic(err)
		}
		var line strings.Builder
		for k := 0; k < 60; k++ {
			address, err := selector.PickServer(fmt.Sprintf("key-%d", k*k))
			if err != nil {
				panic(err)
			}
			fmt.Fprintf(&line, " %d", number[address.String()])
		}
		fmt.Printf("%d:%s\n", servers, line.String())
	}
}

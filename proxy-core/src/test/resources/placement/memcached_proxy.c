/*
 * Prints where memcached's own proxy places keys. Its files are compiled as they are, and proxy.h, which brings in all of
 * memcached, is replaced by the two structures that they use of it:
 *
 *   git clone https://github.com/memcached/memcached && cd memcached    # 1.6.45
 *   cp .../memcached_proxy.c . && mkdir only && cp proxy_jump_hash.c proxy_ring_hash.c md5.c md5.h xxhash.h only/
 *   (cat) >only/proxy.h <<END
 *     #pragma once
 *     #include <stdint.h>
 *     #include <stdio.h>
 *     #include <stdlib.h>
 *     #include <string.h>
 *     #include <lua5.4/lua.h>
 *     #include <lua5.4/lauxlib.h>
 *     #define XXH_INLINE_ALL
 *     #include "xxhash.h"
 *     struct proxy_hash_caller { uint32_t (*selector_func)(uint64_t hash, void *ctx); void *ctx; };
 *     struct proxy_hash_func { uint64_t (*func)(const void *key, size_t len, uint64_t seed); };
 *   END
 *   gcc -Ionly memcached_proxy.c only/md5.c -llua5.4 -o memcached_proxy
 *   ./memcached_proxy xxh3 >xxh3.txt; ./memcached_proxy jump >jump.txt; ./memcached_proxy ring default >ring-default.txt ...
 */
#include "proxy_jump_hash.c"
#include "proxy_ring_hash.c"
#include "md5.h"

static void xxh3(void) {
    static unsigned char bytes[2100];
    for (int i = 0; i < 2100; i++) bytes[i] = (unsigned char)(i * 151 + i / 256 * 7 + 11);
    for (int len = 0; len < 300; len++) printf("%d %016llx\n", len, (unsigned long long)XXH3_64bits(bytes, len));
    int longer[] = {512, 1023, 1024, 1025, 1088, 1089, 2048, 2049, 2099};
    for (int i = 0; i < 9; i++) printf("%d %016llx\n", longer[i], (unsigned long long)XXH3_64bits(bytes, longer[i]));
}

static void place(lua_State *L, int servers, const char *mode, const char *hash) {
    lua_settop(L, 0);
    lua_pushcfunction(L, mode ? ketama_new : mcplib_dist_jump_hash_new);
    lua_createtable(L, servers, 0);
    for (int i = 1; i <= servers; i++) {
        char addr[32];
        snprintf(addr, sizeof addr, "10.0.0.%d", i);
        lua_createtable(L, 0, 3);
        lua_pushinteger(L, i), lua_setfield(L, -2, "id");
        lua_pushstring(L, addr), lua_setfield(L, -2, "addr");
        lua_pushstring(L, i % 2 ? "11211" : "11300"), lua_setfield(L, -2, "port");
        lua_rawseti(L, -2, i);
    }
    int args = 1;
    if (mode) {
        lua_createtable(L, 0, 1);
        lua_pushstring(L, mode), lua_setfield(L, -2, "omode");
        args = 2;
    }
    if (lua_pcall(L, args, 2, 0)) { fprintf(stderr, "%s\n", lua_tostring(L, -1)); exit(1); }
    struct proxy_hash_caller *phc = lua_touserdata(L, -1);
    printf("%d:", servers);
    for (int k = 0; k < 60; k++) {
        char key[32];
        int len = snprintf(key, sizeof key, "key-%d", k * k);
        uint64_t h = hash && !strcmp(hash, "md5") ? ketama_key_hasher(key, len, 0) : XXH3_64bits_withSeed(key, len, 0);
        printf(" %u", phc->selector_func(h, phc->ctx));
    }
    printf("\n");
}

int main(int argc, char **argv) {
    if (argc > 1 && !strcmp(argv[1], "xxh3")) { xxh3(); return 0; }
    lua_State *L = luaL_newstate();
    const char *mode = argc > 2 ? argv[2] : NULL, *hash = argc > 3 ? argv[3] : NULL;
    int counts[] = {2, 3, 5, 25, 40, 50};
    for (int i = 0; i < 6; i++) place(L, counts[i], mode, hash);
    return 0;
}

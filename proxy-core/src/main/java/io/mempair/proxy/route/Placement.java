package io.mempair.proxy.route;

import io.mempair.proxy.config.HashFunction;
import io.mempair.proxy.config.KeyPart;
import io.mempair.proxy.config.PlacementRule;
import io.mempair.proxy.config.ServerAddress;
import io.mempair.proxy.hash.CrcHash;
import io.mempair.proxy.hash.FnvHash;
import io.mempair.proxy.hash.HsiehHash;
import io.mempair.proxy.hash.JavaStringHash;
import io.mempair.proxy.hash.JenkinsHash;
import io.mempair.proxy.hash.KeyHash;
import io.mempair.proxy.hash.MagentHash;
import io.mempair.proxy.hash.Md5Hash;
import io.mempair.proxy.hash.Murmur3Hash;
import io.mempair.proxy.hash.MurmurHash;
import io.mempair.proxy.hash.OneAtATimeHash;
import io.mempair.proxy.hash.Xxh3Hash;
import io.mempair.proxy.ring.ClientRings;
import io.mempair.proxy.ring.KetamaRing;
import io.mempair.proxy.ring.Member;
import io.mempair.proxy.ring.ModuloRing;
import io.mempair.proxy.ring.SlotRing;
import java.util.List;

/** Which server of one tier a key belongs to. Not for several threads: a hash may keep scratch space. */
public interface Placement {

    /** Index of the key's server in its tier. */
    int serverOf(byte[] bytes, int keyOffset, int keyLength);

    /** The placement of a tier with these servers, in the order the operator wrote them. */
    static Placement of(PlacementRule rule, List<ServerAddress> servers) {
        Placement whole = servers.size() == 1 ? (bytes, offset, length) -> 0 : ofSeveral(rule, servers);
        return rule.part().equals(KeyPart.ALL) ? whole : new PartPlacement(rule.part(), whole);
    }

    private static Placement ofSeveral(PlacementRule rule, List<ServerAddress> servers) {
        return switch (rule.distribution()) {
            case CH3 -> new FurcPlacement(servers.size());
            case JUMP -> new JumpPlacement(servers.size());
            case RENDEZVOUS ->
                new RendezvousPlacement(servers.stream().map(rule::nameOf).toList());
            default -> hashed(rule, servers);
        };
    }

    private static Placement hashed(PlacementRule rule, List<ServerAddress> servers) {
        List<Member> members = servers.stream()
                .map(server ->
                        new Member(rule.nameOf(server), rule.labelOf(server).weight()))
                .toList();
        return switch (rule.distribution()) {
            case MODULO -> new HashedPlacement(new MagentHash(), new ModuloRing(servers.size()));
            case MAGENT_KETAMA -> new HashedPlacement(new Md5Hash(), KetamaRing.ofMagent(members));
            case MODULA ->
                new HashedPlacement(
                        hash(rule),
                        new SlotRing(members.stream().map(Member::weight).toList()));
            case LIBKETAMA -> new HashedPlacement(hash(rule), KetamaRing.ofLibketama(members));
            case LIBMEMCACHED -> new HashedPlacement(hash(rule), ClientRings.ofLibmemcached(members, hash(rule)));
            case HASHRING -> new HashedPlacement(hash(rule), KetamaRing.ofHashring(members));
            case SPYMEMCACHED -> new HashedPlacement(hash(rule), KetamaRing.ofSpymemcached(members));
            case XMEMCACHED -> new HashedPlacement(hash(rule), KetamaRing.ofXmemcached(members));
            case PHP_MEMCACHE -> new HashedPlacement(hash(rule), ClientRings.ofPeclMemcache(members, hash(rule)));
            case PHP_MEMCACHE_STANDARD -> new HashedPlacement(hash(rule), ClientRings.ofPeclMemcacheStandard(members));
            case MEMCACHED_RING -> new HashedPlacement(hash(rule), ClientRings.ofMemcached(members));
            case DALLI -> new HashedPlacement(CrcHash.crc32a(), ClientRings.ofDalli(members));
            case FOLSOM -> new HashedPlacement(Murmur3Hash.unseeded(), ClientRings.ofFolsom(members));
            case CH3, JUMP, RENDEZVOUS -> throw new AssertionError(rule.distribution() + " is no point of a ring");
        };
    }

    private static KeyHash hash(PlacementRule rule) {
        HashFunction function = rule.hash().or(rule.distribution()::usualHash).orElseThrow();
        return switch (function) {
            case ONE_AT_A_TIME -> new OneAtATimeHash();
            case MD5 -> new Md5Hash();
            case CRC16 -> CrcHash.crc16();
            case CRC32 -> CrcHash.crc32();
            case CRC32A -> CrcHash.crc32a();
            case FNV1_32 -> FnvHash.FNV1_32;
            case FNV1A_32 -> FnvHash.FNV1A_32;
            case FNV1_64 -> FnvHash.FNV1_64;
            case FNV1A_64 -> FnvHash.FNV1A_64;
            case HSIEH -> new HsiehHash();
            case MURMUR -> new MurmurHash();
            case MURMUR3 -> Murmur3Hash.ofLibmemcached();
            case JENKINS -> new JenkinsHash();
            case JAVA -> JavaStringHash.PLAIN;
            case MEMJS -> JavaStringHash.WITHOUT_SIGN;
            case XXH3 -> new Xxh3Hash();
        };
    }
}

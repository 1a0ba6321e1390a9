package io.mempair.ha.check;

import io.mempair.ha.config.HooksConfig;
import io.mempair.ha.config.VirtualAddressConfig;
import io.mempair.ha.config.VirtualAddressConfig.Cidr;
import io.mempair.proxy.config.ServerAddress;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Checks the requirements of an active node at start, instead of at the first take-over. Reads a few small files;
 * starts one process the first time. One thread at a time.
 */
public final class Preflight {

    /** Bits in {@code CapEff} of {@code /proc/self/status}, from linux/capability.h. */
    private static final int CAP_NET_ADMIN = 12;

    private static final int CAP_NET_RAW = 13;

    private static final Map<String, String> PACKAGES = new LinkedHashMap<>();

    static {
        PACKAGES.put("ip", "iproute2");
        PACKAGES.put("bash", "bash");
        PACKAGES.put("setsid", "util-linux");
        PACKAGES.put("arping", "iputils-arping");
    }

    private final List<Path> searchPath;
    private final Path processStatus;
    private final Arping arping = new Arping();
    private final Function<VirtualAddressConfig, List<String>> network;
    private final KernelAdvertising kernel;

    /** For this process. */
    public Preflight(String path) {
        this(
                searchPath(path),
                Path.of("/proc/self/status"),
                new HostNetwork(),
                new KernelAdvertising(Path.of("/proc/sys/net/ipv6/conf")));
    }

    Preflight(
            List<Path> searchPath,
            Path processStatus,
            Function<VirtualAddressConfig, List<String>> network,
            KernelAdvertising kernel) {
        this.kernel = kernel;
        this.searchPath = List.copyOf(searchPath);
        this.processStatus = processStatus;
        this.network = network;
    }

    private static List<Path> searchPath(String path) {
        List<Path> directories = new ArrayList<>();
        for (String directory : (path + ":/usr/sbin:/sbin").split(":", -1)) {
            if (!directory.isEmpty()) {
                directories.add(Path.of(directory));
            }
        }
        return directories;
    }

    /**
     * All problems, each with its remedy; empty if the node is fit.
     *
     * @param bind  the address of {@code group.bind}
     */
    public List<String> problems(VirtualAddressConfig address, String bind) {
        return problems(address, HooksConfig.NONE, bind);
    }

    /**
     * The same for a node with hooks; if hooks hold the address, the guard's tools and capabilities are not needed.
     *
     * @param bind  the address of {@code group.bind}
     */
    public List<String> problems(VirtualAddressConfig address, HooksConfig hooks, String bind) {
        List<String> problems = new ArrayList<>();
        hooks.needed().stream()
                .filter(program -> !Files.isExecutable(program))
                .forEach(program ->
                        problems.add("hook " + program + " is not there or cannot be run: chmod +x " + program));
        if (hooks.address() == HooksConfig.Holder.HOOKS) {
            addToolProblem("bash", "bash", problems);
            addToolProblem("setsid", "util-linux", problems);
            addBindProblem(bind, problems);
            return problems;
        }
        boolean ipv4 = address.addresses().stream().anyMatch(cidr -> !cidr.isIpv6());
        PACKAGES.forEach((tool, debianPackage) -> {
            if (ipv4 || !tool.equals("arping")) {
                addToolProblem(tool, debianPackage, problems);
            }
        });
        addMissingRights(problems);
        problems.addAll(network.apply(address));
        address.addresses().forEach(cidr -> addAddressProblems(cidr, problems));
        addBindProblem(bind, problems);
        return problems;
    }

    /**
     * Own addresses of {@code listen} that are missing on this host, so that the client ports cannot be opened. Empty if hooks
     * hold the address: they may add others too.
     */
    public List<String> listenProblems(VirtualAddressConfig address, HooksConfig hooks, List<ServerAddress> listen) {
        if (hooks.address() == HooksConfig.Holder.HOOKS) {
            return List.of();
        }
        return listen.stream()
                .map(ServerAddress::host)
                .filter(host -> NetUtil.createInetAddressFromIpAddressString(host) != null && !address.contains(host))
                .map(host -> OwnAddress.problem("proxy.listen", host))
                .filter(problem -> problem != null)
                .distinct()
                .toList();
    }

    /** Conflicts between this host's network and the configuration, independent of the caller's rights. */
    public List<String> networkProblems(VirtualAddressConfig address, HooksConfig hooks) {
        return hooks.address() == HooksConfig.Holder.GUARD ? network.apply(address) : List.of();
    }

    /** Warnings about future outages, each with its remedy; the node is still fit. */
    public List<String> warnings(VirtualAddressConfig address, HooksConfig hooks, List<ServerAddress> servers) {
        if (hooks.address() == HooksConfig.Holder.HOOKS) {
            return List.of();
        }
        List<String> warnings = new ArrayList<>();
        boolean ipv6 = address.addresses().stream().anyMatch(Cidr::isIpv6);
        if (ipv6
                && find("perl").isEmpty()
                && find("ndsend").isEmpty()
                && !kernel.canAdvertise(address.interfaceName(), hasCapability(CAP_NET_ADMIN))) {
            warnings.add(
                    "virtual-address.address: neither perl nor ndsend is installed, and the kernel cannot be told to"
                            + " announce where an IPv6 address is now: clients in its network find it up to 40 s after a"
                            + " take-over. apt install perl-base, or let this process write "
                            + KernelAdvertising.NEEDED);
        }
        try {
            warnings.addAll(OwnNetworks.of(address).warnings(address, servers));
        } catch (SocketException e) {
            // reported as a problem
        }
        return warnings;
    }

    private Optional<Path> find(String tool) {
        return searchPath.stream()
                .map(directory -> directory.resolve(tool))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private void addToolProblem(String tool, String debianPackage, List<String> problems) {
        Optional<Path> found = find(tool);
        if (found.isEmpty()) {
            problems.add(tool + " not found: apt install " + debianPackage);
        } else if (tool.equals("arping") && hasCapability(CAP_NET_RAW)) {
            // without that right the kernel may refuse to start one that would bring it
            String problem = arping.problem(found.get());
            if (problem != null) {
                problems.add(problem);
            }
        }
    }

    /** Rights that this process lacks, each with its remedy. */
    List<String> missingRights() {
        List<String> problems = new ArrayList<>();
        addMissingRights(problems);
        return problems;
    }

    private void addMissingRights(List<String> problems) {
        List<String> missing = new ArrayList<>();
        if (!hasCapability(CAP_NET_ADMIN)) {
            missing.add("change addresses (CAP_NET_ADMIN)");
        }
        if (!hasCapability(CAP_NET_RAW)) {
            missing.add("announce them (CAP_NET_RAW)");
        }
        if (!missing.isEmpty()) {
            problems.add("virtual-address: no right to " + String.join(" and to ", missing)
                    + ": run as root, or with AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW in the systemd unit");
        }
    }

    /** Whether this process has that right, as far as it says itself. */
    boolean mayChangeAddresses() {
        return hasCapability(CAP_NET_ADMIN);
    }

    private boolean hasCapability(int bit) {
        return ((effectiveCapabilities() >> bit) & 1) == 1;
    }

    private long effectiveCapabilities() {
        try {
            for (String line : Files.readAllLines(processStatus)) {
                if (line.startsWith("CapEff:")) {
                    return Long.parseUnsignedLong(line.substring(7).strip(), 16);
                }
            }
            return 0;
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    private static void addBindProblem(String bind, List<String> problems) {
        String problem = OwnAddress.problem("group.bind", bind);
        if (problem != null) {
            problems.add(problem);
        }
    }

    private static void addAddressProblems(Cidr cidr, List<String> problems) {
        try {
            InetAddress address = InetAddress.getByName(cidr.address());
            int bits = address.getAddress().length * 8;
            if (cidr.prefixLength() < 1 || cidr.prefixLength() > bits) {
                problems.add("virtual address " + cidr + ": the prefix must be 1.." + bits);
            }
            if (address.isAnyLocalAddress() || address.isLoopbackAddress() || address.isMulticastAddress()) {
                problems.add(
                        "virtual address " + cidr.address() + " cannot float: choose a free address of the network");
            }
        } catch (UnknownHostException e) {
            problems.add("virtual address '" + cidr.address() + "' is not an address");
        }
    }
}

package io.jetsink.tool;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Classes of the class path, and of the locations of a {@code plugin.path}: each location has its own class loader, as in a
 * worker, so that the libraries of one do not change those of another.
 */
final class PluginClasses extends ClassLoader implements AutoCloseable {
    private static final String JAR = ".jar";

    private final List<Location> locations = new ArrayList<>();

    /** @param pluginPath comma separated folders, or null */
    PluginClasses(@Nullable String pluginPath) {
        super(PluginClasses.class.getClassLoader());
        for (String folder : ConfigTexts.list(pluginPath)) {
            addAll(Path.of(folder));
        }
    }

    private void addAll(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new UsageException("the folder " + folder + " of plugin.path does not exist");
        }
        try (Stream<Path> found = Files.list(folder)) {
            for (Path location : found.sorted().toList()) {
                if (Files.isDirectory(location)) {
                    try (Stream<Path> jars = Files.walk(location)) {
                        add(jars.filter(file -> file.toString().endsWith(JAR)).toList());
                    }
                } else if (location.toString().endsWith(JAR)) {
                    add(List.of(location));
                }
            }
        } catch (IOException e) {
            throw new ToolException("the folder " + folder + " of plugin.path cannot be read", e);
        }
    }

    private void add(List<Path> jars) throws MalformedURLException {
        URL[] urls = new URL[jars.size()];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = jars.get(i).toUri().toURL();
        }
        if (urls.length > 0) {
            locations.add(new Location(urls, PluginClasses.class.getClassLoader()));
        }
    }

    /** Called for a class that the class path does not have. */
    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        for (Location location : locations) {
            if (location.holds(name)) {
                return location.loadClass(name);
            }
        }
        throw new ClassNotFoundException(name);
    }

    /**
     * Creates an instance, which is not configured yet.
     *
     * @param key that names the class, for errors
     * @param name of the class; its simple name is sufficient if the class is registered as a service, as in a worker
     */
    <T> T create(String key, String name, Class<T> type) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try {
            Class<? extends T> found = find(name.trim(), type);
            thread.setContextClassLoader(found.getClassLoader());
            return found.getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException | ClassCastException | LinkageError e) {
            throw new ToolException(
                    key,
                    key + ": no instance of class " + name
                            + " can be created: correct the name, or name the folder of its jar in plugin.path of the"
                            + " worker's properties (--worker)",
                    e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private <T> Class<? extends T> find(String name, Class<T> type) throws ClassNotFoundException {
        if (name.indexOf('.') < 0) {
            for (ClassLoader loader : loaders()) {
                for (Class<? extends T> service : services(loader, type)) {
                    String simple =
                            service.getName().substring(service.getName().lastIndexOf('.') + 1);
                    if (simple.equals(name) || simple.equals(name + type.getSimpleName())) {
                        return service;
                    }
                }
            }
        }
        return loadClass(name).asSubclass(type);
    }

    private List<ClassLoader> loaders() {
        List<ClassLoader> loaders = new ArrayList<>();
        loaders.add(getParent());
        loaders.addAll(locations);
        return loaders;
    }

    private static <T> List<Class<? extends T>> services(ClassLoader loader, Class<T> type) {
        List<Class<? extends T>> classes = new ArrayList<>();
        try {
            ServiceLoader.load(type, loader).stream().forEach(provider -> classes.add(provider.type()));
        } catch (ServiceConfigurationError e) {
            throw new ToolException("a service file of plugin.path is not valid", e);
        }
        return classes;
    }

    @Override
    public void close() throws IOException {
        for (Location location : locations) {
            location.close();
        }
    }

    /** A plugin: its own jars come before the class path, except for what it shares with the worker. */
    private static final class Location extends URLClassLoader {
        private static final List<String> SHARED =
                List.of("java.", "javax.", "org.apache.kafka.", "org.slf4j.", "io.jetsink.");

        static {
            registerAsParallelCapable();
        }

        Location(URL[] urls, ClassLoader parent) {
            super(urls, parent);
        }

        boolean holds(String name) {
            return findResource(name.replace('.', '/') + ".class") != null;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (SHARED.stream().anyMatch(name::startsWith)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded == null) {
                    loaded = holds(name) ? findClass(name) : super.loadClass(name, false);
                }
                if (resolve) {
                    resolveClass(loaded);
                }
                return loaded;
            }
        }
    }
}

using System.Reflection;
using QLearning.Testing;

namespace QLearning.Packages.Tests;

/// <summary>All packages, packed once into a folder under a version that no cache can have.</summary>
public sealed class PackedFolder : IAsyncLifetime, IDisposable
{
    private static readonly Dictionary<string, string> _metadata = typeof(PackedFolder).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .ToDictionary(attribute => attribute.Key, attribute => attribute.Value!);

    private readonly TemporaryFolder _folder = new();

    public string Version { get; } = $"0.0.0-test.{Guid.NewGuid():N}";

    /// <summary>Where the packages lie.</summary>
    public string Packages => _folder.At("packages");

    /// <summary>A path that nothing else uses, deleted with the packages.</summary>
    public string At(string name) => _folder.At(name);

    /// <summary>The file of a package.</summary>
    public string FileOf(string id, string extension = "nupkg") => Path.Combine(Packages, $"{id}.{Version}.{extension}");

    /// <summary>Makes a project outside the repository that has one package and one file of source, and builds it.</summary>
    /// <returns>The path of the program.</returns>
    public async Task<string> BuildProgramAsync(string name, string package, string source)
    {
        var folder = Directory.CreateDirectory(_folder.At(name)).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), source);
        await File.WriteAllTextAsync(Path.Combine(folder, $"{name}.csproj"), Project(package));
        await DotNet.RunAsync(folder, "dotnet", "build", "--nologo", "--output", "out");
        return Path.Combine(folder, "out", $"{name}.dll");
    }

    public async Task InitializeAsync() => await DotNet.RunAsync(
        Repository.Root, "dotnet", "pack", "QLearning.Orleans.sln", "--no-build", "--nologo",
        "--configuration", _metadata["Configuration"], "--output", Packages, $"-p:MinVerVersionOverride={Version}");

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _folder.Dispose();

    // Ours are unpacked beside the project; of others, those that this machine has are used where they lie.
    private string Project(string package) =>
        $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
            <NuGetAudit>false</NuGetAudit>
            <RestoreAdditionalProjectSources>{Packages}</RestoreAdditionalProjectSources>
            <RestorePackagesPath>{_folder.At("unpacked")}</RestorePackagesPath>
            <RestoreFallbackFolders>{_metadata["NuGetPackageRoot"]}</RestoreFallbackFolders>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="{package}" Version="{Version}" />
          </ItemGroup>
        </Project>
        """;
}

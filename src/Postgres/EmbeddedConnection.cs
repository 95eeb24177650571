using System.Globalization;
using Npgsql;

namespace QLearning.Postgres;

/// <summary>Where a running private PostgreSQL answers.</summary>
/// <param name="DataFolder">Its data folder, as an absolute path.</param>
/// <param name="Port">Its TCP port on 127.0.0.1.</param>
/// <param name="ProcessId">The process id of the server.</param>
/// <param name="Password">The generated password of the role <c>qlearning</c>.</param>
public sealed record EmbeddedConnection(string DataFolder, int Port, int ProcessId, string Password)
{
    internal const string Host = "127.0.0.1";
    internal const string Name = "qlearning";

    /// <summary>The connection string for Npgsql.</summary>
    public string ConnectionString => Builder(Name).ConnectionString;

    /// <summary>The address for psql and other tools of PostgreSQL.</summary>
    public string Url =>
        string.Create(CultureInfo.InvariantCulture, $"postgresql://{Name}:{Uri.EscapeDataString(Password)}@{Host}:{Port}/{Name}");

    /// <summary>The data folder and the port, without the password, so that a log may hold it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{DataFolder} at {Host}:{Port}, process {ProcessId}");

    internal NpgsqlConnectionStringBuilder Builder(string database) => new()
    {
        Host = Host,
        Port = Port,
        Username = Name,
        Password = Password,
        Database = database,
        // Loopback needs neither; asking for them costs round trips, and GSS a native library.
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    };
}

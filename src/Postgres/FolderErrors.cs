using QLearning.Abstractions;

namespace QLearning.Postgres;

/// <summary>Turns what the file system says about the folder into an error that names the folder, the user and what is allowed.</summary>
internal static class FolderErrors
{
    public static T Explain<T>(string folder, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw Explained(folder, e);
        }
    }

    public static async Task<T> ExplainAsync<T>(string folder, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw Explained(folder, e);
        }
    }

    private static InvalidInputException Explained(string folder, Exception e) => new(
        $"The data folder '{Path.GetFullPath(folder)}' cannot be used by the user '{Environment.UserName}': {e.Message} "
        + "Allowed: a folder this user may make and write, chosen with --data.", e);
}
